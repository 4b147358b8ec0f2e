// Esri's own client, and a decoder of its Protocol Buffers, on the FeatureServer given.
import { createRequire } from "node:module";

const [modules, server] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { queryFeatures, getLayer } = require("@esri/arcgis-rest-feature-service");
const decode = require("arcgis-pbf-parser");

const url = `${server}/1`;
const layer = await getLayer({ url });
const where = "longitude IS NOT NULL";
const counted = await queryFeatures({ url, where, returnCountOnly: true });
const first = await queryFeatures({ url, where, outFields: "*", resultRecordCount: 50 });
const asked = `where=${encodeURIComponent(where)}&outFields=*&resultRecordCount=50&f=pbf`;
const packed = new Uint8Array(await (await fetch(`${url}/query?${asked}`)).arrayBuffer());
const points = decode(packed).featureCollection;
const areas = `where=${encodeURIComponent("district_id='AZ-AGM'")}&outFields=*&f=pbf`;
const area = new Uint8Array(await (await fetch(`${server}/0/query?${areas}`)).arrayBuffer());
console.log(JSON.stringify({
  name: layer.name, count: counted.count, features: first.features.length,
  exceeded: first.exceededTransferLimit,
  same: points.features.every((one, n) => {
    const other = first.features[n];
    return one.properties.incident_id === other.attributes.incident_id
      && one.properties.date_start === other.attributes.date_start
      && (one.properties.injured ?? null) === other.attributes.injured
      && Math.abs(one.geometry.coordinates[0] - other.geometry.x) < 1e-6
      && Math.abs(one.geometry.coordinates[1] - other.geometry.y) < 1e-6;
  }),
  area: decode(area).featureCollection.features[0].geometry,
}));
