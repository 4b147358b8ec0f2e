"""The sentences of an explanation, and what a reader has to be warned of."""

from typing import Any

REFERENCES = [
    "Garwood F (1936). Fiducial limits for the Poisson distribution. Biometrika 28, 437-442.",
    (
        "Clayton D, Kaldor J (1987). Empirical Bayes estimates of age-standardized relative risks "
        "for use in disease mapping. Biometrics 43, 671-681."
    ),
    (
        "Marshall RJ (1991). Mapping disease and mortality rates using empirical Bayes estimators. "
        "Applied Statistics 40, 283-294."
    ),
    (
        "Harvey AC, Fernandes C (1989). Time series models for count or qualitative observations. "
        "Journal of Business and Economic Statistics 7, 407-417."
    ),
    (
        "Kulldorff M (1997). A spatial scan statistic. Communications in Statistics - Theory and "
        "Methods 26, 1481-1496."
    ),
    (
        "Ord JK, Getis A (1995). Local spatial autocorrelation statistics. Geographical Analysis "
        "27, 286-306."
    ),
    (
        "Benjamini Y, Hochberg Y (1995). Controlling the false discovery rate. Journal of the "
        "Royal Statistical Society B 57, 289-300."
    ),
]


STATUSES = {
    "island": "The district has no neighbours; its estimate borrows from the country.",
    "known_by_province_only": "No incident is known to be here; some that are known by province "
    "only may be.",
}
"""What a row's status warns of."""


def warnings_of(found: dict[str, Any]) -> list[str]:
    """List what limits the number.

    Parameters
    ----------
    found
        The explanation so far.

    Returns
    -------
    list of str
        Sentences.
    """
    row, sums = found["result"], found["sums"]
    said = []
    if row["incidents"] == 0:
        said.append("No incident is recorded here in this period. No record is not safe.")
    elif sums["incidents"] < 5:
        said.append(f"The number rests on {sums['incidents']:g} incidents.")
    if sums["incidents_without_stated_severity"] > 0:
        said.append(
            f"{sums['incidents_without_stated_severity']:g} incidents do not state the number "
            "of people: the sum is a lower bound."
        )
    if found["parameters"]["exposure"] == "population":
        note = found["district"].get("population_note")
        said.append(f"Population as exposure: {note or 'its vintage is not known'}.")
    if row["status"] in STATUSES:
        said.append(STATUSES[row["status"]])
    if row["hotspot"] == "not_enough_data":
        said.append("There are not enough data to test for hot spots here.")
    if sums["unplaced_in_the_country"] > 1e-9:
        said.append(
            f"{sums['unplaced_in_the_country']:g} incidents of the period are in no district."
        )
    if found["ambiguous_incidents"]:
        said.append(f"{found['ambiguous_incidents']} incidents may have been in another district.")
    outlook = found["outlook"]
    if outlook.get("dispersion_is", "estimated") != "estimated":
        said.append("The history is too short to say how much such counts vary: it is assumed.")
    return said


def sentences(found: dict[str, Any]) -> str:
    """Say in English how the number came about.

    Parameters
    ----------
    found
        The explanation so far.

    Returns
    -------
    str
        A paragraph.
    """
    name = found["district"]["name"]
    period = found["period"]
    if period is None:
        return f"{name}: the register is empty, so nothing can be said. No record is not safe."
    guessed = ", estimated from the records" if period["chosen"] == "estimated" else ""
    span = f"{period['start']} to {period['end']} ({period['years']:.3g} years{guessed})"
    sums, density, exposure = found["sums"], found["density"], found["exposure"]
    said = [f"{name}, {span}: {sums['incidents']:g} incidents."]
    if density["value"] is not None:
        said.append(
            f"Crude: {sums['total_weight']:.4g} / {exposure['exposure']:.4g} "
            f"{exposure['exposure_unit']} = {density['value']:.3g} {density['unit']}, "
            f"95 % interval {density['low']:.3g} to {density['high']:.3g} "
            f"({density['interval']})."
        )
    elif density["high"] is not None:
        said.append(
            f"No rate is given; the exposure alone still allows up to {density['high']:.3g} "
            f"{density['unit']} (95 %)."
        )
    smooth = found["smoothing"]
    if "value" in smooth:
        said.append(
            f"Smoothed, borrowing strength from {smooth['borrows_from']}: "
            f"{smooth['value']:.3g} ({smooth['low']:.3g} to {smooth['high']:.3g})."
        )
    rank = found["rank"]
    if rank["rank"] is not None:
        said.append(
            f"Rank {rank['rank']:.0f} of the districts with information; it could be anything "
            f"from {rank['rank_low']:.0f} to {rank['rank_high']:.0f} in the next "
            f"{found['outlook']['rank_days']:.0f} days. "
            f"Class: {found['class']['class']}."
        )
    coming = found["outlook"].get("next_quarter")
    if coming:
        said.append(
            f"Such counts vary {found['outlook']['dispersion']:.2g} times as much as single "
            f"events at a steady rate would. Expected in the next {coming['days']:.0f} days: "
            f"{coming['expected']:.2g} ({coming['low']:.2g} to {coming['high']:.2g}, 90 %)."
        )
    return " ".join([*said, *found["warnings"]])
