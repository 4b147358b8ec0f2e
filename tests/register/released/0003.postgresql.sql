CREATE FUNCTION public.incident_heads_follow() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO incident_heads (fid, incident_id, version, record_status, recorded_at, date_start, date_end, date_precision, where_precision, uncertainty_m, place_as_reported, country, district_id, districts, accident_type, device, activity, killed, injured, sensitivity, description, note, geometry) 
SELECT DISTINCT ON (record_id)
    seq, record_id, version, p ->> 'record_status', recorded_at,
    (p ->> 'date_start')::date, (p ->> 'date_end')::date,
    (p ->> 'date_precision')::int, (p ->> 'where_precision')::int,
    (p ->> 'uncertainty_m')::float8,
    p ->> 'place_as_reported', p ->> 'country',
    (SELECT d ->> 'district_id' FROM jsonb_array_elements(p -> 'districts')
        WITH ORDINALITY AS x (d, n) ORDER BY (d ->> 'weight')::float8 DESC, n LIMIT 1),
    (SELECT string_agg((d ->> 'district_id') || ':' || (d ->> 'weight')::float8, ';' ORDER BY n)
        FROM jsonb_array_elements(p -> 'districts') WITH ORDINALITY AS x (d, n)),
    p ->> 'accident_type', p ->> 'device', p ->> 'activity',
    
(SELECT sum((c ->> 'best')::bigint) FROM jsonb_array_elements(p -> 'casualties') AS c
 WHERE c ->> 'outcome' = 'killed')
, 
(SELECT sum((c ->> 'best')::bigint) FROM jsonb_array_elements(p -> 'casualties') AS c
 WHERE c ->> 'outcome' = 'injured')
,
    p ->> 'sensitivity', p ->> 'description', p ->> 'note',
    CASE WHEN (p ->> 'where_precision')::int <= 3 THEN
        ST_SetSRID(ST_MakePoint((p ->> 'longitude')::float8, (p ->> 'latitude')::float8), 4326)
    END
FROM (SELECT *, payload::jsonb AS p FROM new_revisions WHERE kind = 'incident') AS fresh
ORDER BY record_id, version DESC
    ON CONFLICT (incident_id) DO UPDATE SET fid = excluded.fid, version = excluded.version, record_status = excluded.record_status, recorded_at = excluded.recorded_at, date_start = excluded.date_start, date_end = excluded.date_end, date_precision = excluded.date_precision, where_precision = excluded.where_precision, uncertainty_m = excluded.uncertainty_m, place_as_reported = excluded.place_as_reported, country = excluded.country, district_id = excluded.district_id, districts = excluded.districts, accident_type = excluded.accident_type, device = excluded.device, activity = excluded.activity, killed = excluded.killed, injured = excluded.injured, sensitivity = excluded.sensitivity, description = excluded.description, note = excluded.note, geometry = excluded.geometry;
    RETURN NULL;
END $$;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.incident_heads (
    fid bigint NOT NULL,
    incident_id text NOT NULL,
    version integer NOT NULL,
    record_status text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    date_start date NOT NULL,
    date_end date NOT NULL,
    date_precision integer,
    where_precision integer,
    uncertainty_m double precision,
    place_as_reported text,
    country text,
    district_id text,
    districts text,
    accident_type text,
    device text,
    activity text,
    killed bigint,
    injured bigint,
    sensitivity text NOT NULL,
    description text,
    note text,
    geometry public.geometry(Point,4326)
);
CREATE VIEW public.incidents_current AS
 SELECT incident_heads.fid,
    incident_heads.incident_id,
    incident_heads.version,
    incident_heads.record_status,
    incident_heads.recorded_at,
    incident_heads.date_start,
    incident_heads.date_end,
    incident_heads.date_precision,
    incident_heads.where_precision,
    incident_heads.uncertainty_m,
    incident_heads.place_as_reported,
    incident_heads.country,
    incident_heads.district_id,
    incident_heads.districts,
    incident_heads.accident_type,
    incident_heads.device,
    incident_heads.activity,
    incident_heads.killed,
    incident_heads.injured,
    incident_heads.sensitivity,
    incident_heads.description,
    incident_heads.note,
    incident_heads.geometry
   FROM public.incident_heads
  WHERE (incident_heads.record_status <> ALL (ARRAY['merged'::text, 'retracted'::text]));
CREATE VIEW public.incidents_public AS
 SELECT incident_heads.fid,
    incident_heads.incident_id,
    incident_heads.version,
    incident_heads.record_status,
    incident_heads.recorded_at,
    incident_heads.date_start,
    incident_heads.date_end,
    incident_heads.date_precision,
        CASE
            WHEN (incident_heads.sensitivity = 'public'::text) THEN incident_heads.where_precision
            ELSE GREATEST(incident_heads.where_precision, 4)
        END AS where_precision,
        CASE
            WHEN (incident_heads.sensitivity = 'public'::text) THEN incident_heads.uncertainty_m
            ELSE NULL::double precision
        END AS uncertainty_m,
        CASE
            WHEN (incident_heads.sensitivity = 'public'::text) THEN incident_heads.place_as_reported
            ELSE NULL::text
        END AS place_as_reported,
    incident_heads.country,
    incident_heads.district_id,
    incident_heads.districts,
    incident_heads.accident_type,
    incident_heads.device,
    incident_heads.activity,
    incident_heads.killed,
    incident_heads.injured,
    incident_heads.sensitivity,
        CASE
            WHEN (incident_heads.sensitivity = 'public'::text) THEN incident_heads.description
            ELSE NULL::text
        END AS description,
        CASE
            WHEN (incident_heads.sensitivity = 'public'::text) THEN incident_heads.note
            ELSE NULL::text
        END AS note,
        CASE
            WHEN (incident_heads.sensitivity = 'public'::text) THEN incident_heads.geometry
            ELSE NULL::public.geometry
        END AS geometry
   FROM public.incident_heads
  WHERE (incident_heads.record_status <> ALL (ARRAY['merged'::text, 'retracted'::text]));
CREATE TABLE public.revisions (
    seq bigint NOT NULL,
    kind text NOT NULL,
    record_id text NOT NULL,
    version integer NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    author text NOT NULL,
    change text NOT NULL,
    reason text,
    payload text NOT NULL,
    digest text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.revisions_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.revisions_seq_seq OWNED BY public.revisions.seq;
ALTER TABLE ONLY public.revisions ALTER COLUMN seq SET DEFAULT nextval('public.revisions_seq_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0003');
INSERT INTO public.incident_heads VALUES (5, 'b1', 2, 'draft', '2024-01-07 03:04:05.678901+00', '2021-03-01', '2021-03-01', 1, 1, NULL, NULL, NULL, 'XX-A', 'XX-A:1', 'mine', 'uxo', 'unknown', 1, 2, 'public', NULL, NULL, '0101000020E610000066666666668647403333333333134440');
INSERT INTO public.incident_heads VALUES (6, 'b2', 2, 'retracted', '2024-01-08 03:04:05.678901+00', '2021-03-01', '2021-03-01', 1, 4, NULL, NULL, NULL, 'XX-A', 'XX-A:1', 'mine', 'unknown', 'unknown', 1, 2, 'public', NULL, NULL, NULL);
INSERT INTO public.incident_heads VALUES (7, 'b3', 1, 'draft', '2024-01-09 03:04:05.678901+00', '2021-03-01', '2021-03-01', 1, 1, NULL, NULL, NULL, 'XX-A', 'XX-A:1', 'mine', 'unknown', 'unknown', 1, 2, 'restricted', NULL, 'zqx7', '0101000020E610000066666666668647403333333333134440');
INSERT INTO public.revisions VALUES (1, 'boundaries', 'XX-1', 1, '2024-01-03 03:04:05.678901+00', 'ann', 'create', NULL, '{"edition":"XX-1","valid_from":null,"valid_to":null,"source":null,"type":"FeatureCollection","features":[{"type":"Feature","properties":{"district_id":"XX-A","name":"Ağalı","name_en":"Aghali","type":"rayon","area_km2":100.0,"population":10000.0,"valid_from":"2020-01-01"},"geometry":{"type":"MultiPolygon","coordinates":[[[[47.1,40.1],[47.1,40.2],[47.0,40.2],[47.0,40.1],[47.1,40.1]]]]}},{"type":"Feature","properties":{"district_id":"XX-B","name":"Böyük","name_en":"Boyuk","type":"rayon","area_km2":100.0,"population":20000.0,"valid_from":"2020-01-01"},"geometry":{"type":"MultiPolygon","coordinates":[[[[47.2,40.1],[47.2,40.2],[47.1,40.2],[47.1,40.1],[47.2,40.1]]]]}},{"type":"Feature","properties":{"district_id":"XX-C","name":"Çaylı","name_en":"Chayli","type":"rayon","area_km2":100.0,"valid_from":"2020-01-01"},"geometry":{"type":"MultiPolygon","coordinates":[[[[47.1,40.0],[47.1,40.1],[47.0,40.1],[47.0,40.0],[47.1,40.0]]]]}},{"type":"Feature","properties":{"district_id":"XX-D","name":"Dərə","name_en":"Dara","type":"rayon","area_km2":100.0,"population":5000.0,"valid_from":"2020-01-01"},"geometry":{"type":"MultiPolygon","coordinates":[[[[47.2,40.0],[47.2,40.1],[47.1,40.1],[47.1,40.0],[47.2,40.0]]]]}}]}', 'ab56100df227e3d12f0247e873baaa086f193b5d4061376055d43d8037797134');
INSERT INTO public.revisions VALUES (2, 'place', 'p1', 1, '2024-01-04 03:04:05.678901+00', 'ann', 'create', NULL, '{"place_id":"p1","kind":"city","name":"Ağalı"}', '5bf0a92fe9971310bb12f38492542e1ee8f4fe46031980933f6305754b5803c8');
INSERT INTO public.revisions VALUES (3, 'incident', 'b1', 1, '2024-01-05 03:04:05.678901+00', 'ann', 'create', NULL, '{"incident_id":"b1","version":1,"record_status":"draft","date_start":"2021-03-01","date_end":"2021-03-01","date_precision":1,"date_basis":"stated","longitude":47.05,"latitude":40.15,"coordinate_method":"unknown","where_precision":1,"districts":[{"district_id":"XX-A","weight":1.0}],"accident_type":"mine","device":"unknown","activity":"unknown","casualties":[{"group":"civilian","sex":"unknown","age_group":"unknown","outcome":"killed","low":1,"best":1,"high":2},{"group":"unknown","sex":"unknown","age_group":"unknown","outcome":"injured","best":2}],"reports":[{"publisher":"Gazette","url":"https://example.org/1"}],"evidence":[],"sensitivity":"public"}', 'c22730dc82becb951ca8163fd5fc50b8b7f37f20dc327e7e10aac22cd94cc3bd');
INSERT INTO public.revisions VALUES (4, 'incident', 'b2', 1, '2024-01-06 03:04:05.678901+00', 'ann', 'create', NULL, '{"incident_id":"b2","version":1,"record_status":"draft","date_start":"2021-03-01","date_end":"2021-03-01","date_precision":1,"date_basis":"stated","coordinate_method":"unknown","where_precision":4,"districts":[{"district_id":"XX-A","weight":1.0}],"accident_type":"mine","device":"unknown","activity":"unknown","casualties":[{"group":"civilian","sex":"unknown","age_group":"unknown","outcome":"killed","low":1,"best":1,"high":2},{"group":"unknown","sex":"unknown","age_group":"unknown","outcome":"injured","best":2}],"reports":[{"publisher":"Gazette","url":"https://example.org/1"}],"evidence":[],"sensitivity":"public"}', 'ee8d213d8db55cc83a184774f672387ba9264ec97fb29794913d4199e19d9098');
INSERT INTO public.revisions VALUES (5, 'incident', 'b1', 2, '2024-01-07 03:04:05.678901+00', 'ann', 'correct', NULL, '{"incident_id":"b1","version":2,"record_status":"draft","date_start":"2021-03-01","date_end":"2021-03-01","date_precision":1,"date_basis":"stated","longitude":47.05,"latitude":40.15,"coordinate_method":"unknown","where_precision":1,"districts":[{"district_id":"XX-A","weight":1.0}],"accident_type":"mine","device":"uxo","activity":"unknown","casualties":[{"group":"civilian","sex":"unknown","age_group":"unknown","outcome":"killed","low":1,"best":1,"high":2},{"group":"unknown","sex":"unknown","age_group":"unknown","outcome":"injured","best":2}],"reports":[{"publisher":"Gazette","url":"https://example.org/1"}],"evidence":[],"sensitivity":"public"}', '205c50ebc67d1b3317c97b5383269abdb3979bd7351d122ce182e1039868d382');
INSERT INTO public.revisions VALUES (6, 'incident', 'b2', 2, '2024-01-08 03:04:05.678901+00', 'ann', 'retract', NULL, '{"incident_id":"b2","version":2,"record_status":"retracted","date_start":"2021-03-01","date_end":"2021-03-01","date_precision":1,"date_basis":"stated","coordinate_method":"unknown","where_precision":4,"districts":[{"district_id":"XX-A","weight":1.0}],"accident_type":"mine","device":"unknown","activity":"unknown","casualties":[{"group":"civilian","sex":"unknown","age_group":"unknown","outcome":"killed","low":1,"best":1,"high":2},{"group":"unknown","sex":"unknown","age_group":"unknown","outcome":"injured","best":2}],"reports":[{"publisher":"Gazette","url":"https://example.org/1"}],"evidence":[],"sensitivity":"public"}', '950eea4f69c6f6cc17394a09d2b81993fc80191171403547a9748619e6fc97e2');
INSERT INTO public.revisions VALUES (7, 'incident', 'b3', 1, '2024-01-09 03:04:05.678901+00', 'ann', 'create', NULL, '{"incident_id":"b3","version":1,"record_status":"draft","date_start":"2021-03-01","date_end":"2021-03-01","date_precision":1,"date_basis":"stated","longitude":47.05,"latitude":40.15,"coordinate_method":"unknown","where_precision":1,"districts":[{"district_id":"XX-A","weight":1.0}],"accident_type":"mine","device":"unknown","activity":"unknown","casualties":[{"group":"civilian","sex":"unknown","age_group":"unknown","outcome":"killed","low":1,"best":1,"high":2},{"group":"unknown","sex":"unknown","age_group":"unknown","outcome":"injured","best":2}],"reports":[{"publisher":"Gazette","url":"https://example.org/1"}],"evidence":[],"sensitivity":"restricted","note":"zqx7"}', '457e8480c0e248b28204b3ad02bd50f2ecb7236147e69553ac044ef4ef450478');
INSERT INTO public.revisions VALUES (8, 'statistic', 's1', 1, '2024-01-10 03:04:05.678901+00', 'ann', 'create', NULL, '{"statistic_id":"s1","metric":"people","value":7,"qualifier":"exact","districts":[],"mine_related":true}', '8b70c21dffffabf158513b94b5ae1dc0b86d2acdc8b44d57584e2425c8360efa');
INSERT INTO public.revisions VALUES (9, 'operation', 'o1', 1, '2024-01-11 03:04:05.678901+00', 'ann', 'create', NULL, '{"operation_id":"o1","kind":"clearance","status":"planned","districts":[],"devices_found":{},"sensitivity":"public"}', 'fb54ba3f3f0dbb3d7fcc47d940feb2c9ec67cc0df663d030fc809abcc5c5760c');
SELECT pg_catalog.setval('public.revisions_seq_seq', 1, false);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.incident_heads
    ADD CONSTRAINT incident_heads_fid_key UNIQUE (fid);
ALTER TABLE ONLY public.incident_heads
    ADD CONSTRAINT incident_heads_pkey PRIMARY KEY (incident_id);
ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT revisions_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT uq_revisions_version UNIQUE (kind, record_id, version);
CREATE INDEX ix_incident_heads_district ON public.incident_heads USING btree (district_id);
CREATE INDEX ix_incident_heads_geometry ON public.incident_heads USING gist (geometry);
CREATE INDEX ix_revisions_recorded_at ON public.revisions USING btree (recorded_at);
CREATE TRIGGER incident_heads_follow AFTER INSERT ON public.revisions REFERENCING NEW TABLE AS new_revisions FOR EACH STATEMENT EXECUTE FUNCTION public.incident_heads_follow();
