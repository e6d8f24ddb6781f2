"""What the whole city shares: divisions, materials, carbon factors."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from backend.carbon import service as carbon
from backend.carbon.queries import Factor, FactorSet
from backend.catalogue import service as catalogue
from backend.catalogue.queries import Material
from backend.kit.clock import CITY
from backend.kit.ids import new_id
from backend.network import service as network
from seeds.reading import BEGINS, Entry, basis, grade, named, register, said, sources, table


def divisions(db: Session) -> str:
    """Enter the districts, streets and communities."""
    districts, streets, communities = (
        table(f"{name}.csv") for name in ("districts", "streets", "communities")
    )
    network.add_divisions(
        db,
        [
            *(_division(row, "district", None) for row in districts),
            *(_division(row, "street", row["district"]) for row in streets),
            *(_division(row, "community", row["street"]) for row in communities),
        ],
    )
    return f"{len(districts)} districts, {len(streets)} streets, {len(communities)} communities"


def _division(row: dict[str, str], kind: str, parent: str | None) -> Entry:
    read = [row["source"], *([row["population_source"]] if "population_source" in row else [])]
    return {
        "code": row["code"],
        "kind": kind,
        "parent": parent,
        "district": row.get("district") or row["code"],
        "name_zh": row["name_zh"],
        "name_en": row.get("name_en") or None,
        "population": int(row["population"]) if row.get("population") else None,
        "source": "; ".join(sources()[source]["name_en"] for source in read),
    }


def materials(db: Session) -> str:
    """Enter what may be handed over, and what may not."""
    entries = register("materials.toml")["material"]
    for entry in entries:
        catalogue.add_material(
            db,
            Material(
                key=entry["key"],
                name_zh=entry["name_zh"],
                name_en=entry["name_en"],
                category=entry["category"],
                accepted=entry["accepted"],
                refusal_zh=entry.get("refusal_zh"),
                refusal_en=entry.get("refusal_en"),
                goes_to=entry.get("goes_to"),
                hint_zh=entry["hint_zh"],
                hint_en=entry["hint_en"],
                low_value=entry.get("low_value"),
                basis=basis(entry),
            ),
        )
    return f"{len(entries)}, of which {sum(entry['accepted'] for entry in entries)} are taken"


def synonyms(db: Session) -> str:
    """Enter what people call things."""
    entries = register("synonyms.toml")["synonym"]
    words = [
        (entry, language, word) for entry in entries for language in ("zh", "en") for word in entry[language]
    ]
    for entry, language, word in words:
        catalogue.plant_synonym(
            db,
            material=entry["material"],
            word=word,
            language=language,
            source=basis(entry).source,
            at=BEGINS,
        )
    return f"{len(words)}, for {len({entry['material'] for entry in entries})} materials"


def factors(db: Session) -> str:
    """Bring the set of carbon factors into force."""
    read = register("carbon_factors.toml")
    (head,) = read["set"]
    lines = tuple(_factor(entry) for entry in read["factor"])
    carbon.publish(
        db,
        FactorSet(
            id=new_id(BEGINS),
            name=head["key"],
            version=head["version"],
            name_zh=head["name_zh"],
            name_en=head["name_en"],
            boundary_zh=head["boundary_zh"],
            boundary_en=head["boundary_en"],
            baseline_zh=head["baseline_zh"],
            baseline_en=head["baseline_en"],
            valid_from=datetime.combine(head["valid_from"], datetime.min.time(), CITY),
            approved_by_zh=head["approved_by_zh"],
            approved_by_en=head["approved_by_en"],
            approved_at=BEGINS,
            note_zh=head["basis_zh"],
            note_en=head["basis_en"],
            lines=lines,
        ),
    )
    return f"{len(lines)}, of which {sum(factor.none_found for factor in lines)} say that none was found"


def _factor(entry: Entry) -> Factor:
    """Read a factor; what the policy leaves out counts as zero, what nobody found has no value."""
    value = entry.get("value") or ("0" if entry.get("policy_zero") else None)
    cited = entry["basis"] != "assumption"
    return Factor(
        material=entry["material"],
        kg_per_kg=Decimal(value) if value else None,
        upper_kg_per_kg=Decimal(entry["upper_bound"]) if "upper_bound" in entry else None,
        boundary=entry.get("boundary"),
        source=named(entry["source"]) if cited else None,
        clause=entry["where"] if cited else None,
        grade=grade(entry),
        note_zh=entry["note_zh"],
        note_en=entry["note_en"],
        **said(entry),
    )
