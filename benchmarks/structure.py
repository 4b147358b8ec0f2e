"""What the tree looks like: files that one request enters, modules that only one other uses, lines.

Run: ``python benchmarks/structure.py [--list]``. ``--list`` names the modules and the files.
"""

import argparse
import ast
import asyncio
import io
import itertools
import re
import tempfile
from collections import defaultdict
from pathlib import Path

from reads import BROWSER, ROOT, Counter, addresses, ask, made

from geodata.intake import import_file
from geodata.register import Change, open_register
from service.app import create_app
from service.settings import Settings

PACKAGES = ("geodata", "service")
ASKED = {"filtered items": "*/*", "district page": BROWSER}
"""Requests counted, and what they accept."""
ROW = "date,latitude,longitude,killed\n2021-03-04,40.05,46.95,1\n"


def sources() -> dict[str, Path]:
    """Give the modules by name, packages with the name of their folder."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


def importers(modules: dict[str, Path]) -> dict[str, set[str]]:
    """Give who imports each module, also through a package that hands its names on."""
    found: dict[str, set[str]] = defaultdict(set)
    names = {name: names_in(path) for name, path in modules.items()}
    handed_on = {
        (package, target.rpartition(".")[2]): target.rpartition(".")[0]
        for package, path in modules.items()
        if path.name == "__init__.py"
        for target in names[package]
    }
    for name, targets in names.items():
        for target in targets:
            known = target if target in modules else target.rpartition(".")[0]
            known = handed_on.get((known, target.rpartition(".")[2]), known)
            if known in modules and known != name:
                found[known].add(name)
    return found


def names_in(path: Path) -> list[str]:
    """Give the dotted names that a module imports, or names in a text to load them late."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value.partition(":")[0]
            found += re.findall(r"^(?:geodata|service)(?:\.\w+)+$", text)
    return found


def lonely(modules: dict[str, Path]) -> dict[str, str]:
    """Give the modules that exactly one other imports, with that one; packages do not count."""
    used = importers(modules)
    return {
        name: next(iter(used[name]))
        for name, path in modules.items()
        if len(used[name]) == 1 and path.name != "__init__.py"
    }


def entered(counter: Counter) -> dict[str, set[str]]:
    """Give the files entered by two requests and by the import of one row."""
    found: dict[str, set[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        register = open_register(Path(folder) / "register")
        register.append([Change("incident", made(n)) for n in range(2_000)], author="bench")
        app = create_app(Settings(data=Path(folder)), register)
        makes = addresses(itertools.count(1_000), 2_000)
        for name, accept in ASKED.items():
            for _ in range(3):
                asyncio.run(ask(app, makes[name](), accept))
            found[name] = counted(counter, lambda n=name, a=accept: asyncio.run(
                ask(app, makes[n](), a)
            ))  # fmt: skip
        rows = Path(folder) / "rows.csv"
        rows.write_text(ROW, "utf-8")
        import_file(register, rows, author="bench", dry_run=True)
        found["import of one row"] = counted(
            counter, lambda: import_file(register, rows, author="bench")
        )
        register.close()
    return found


def counted(counter: Counter, run: object) -> set[str]:
    """Give the Python files that a call enters; templates are no modules."""
    counter.files.clear()
    counter.on = True
    run()  # type: ignore[operator]
    counter.on = False
    return {str(Path(f).relative_to(ROOT)) for f in counter.files if f.endswith(".py")}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="name modules and files")
    listed = parser.parse_args().list
    counter = Counter()
    files = entered(counter)
    counter.stop()
    modules = sources()
    alone = lonely(modules)
    lines = {name: len(path.read_text("utf-8").splitlines()) for name, path in modules.items()}
    out = io.StringIO()
    for name, found in files.items():
        print(f"{len(found):6} files entered: {name}", file=out)
        if listed:
            print(*(f"         {one}" for one in sorted(found)), sep="\n", file=out)
    entry = {one for one in alone if one.startswith(("service.routes.", "service.commands."))}
    print(
        f"{len(alone):6} modules that only one other imports, of {len(modules)}; {len(entry)} of "
        "them are routes and commands, which only the application names",
        file=out,
    )
    if listed:
        print(*(f"         {one} ← {by}" for one, by in alone.items()), sep="\n", file=out)
    print(f"{sum(lines.values()):6} lines of Python without tests", file=out)
    print(out.getvalue(), end="")


if __name__ == "__main__":
    main()
