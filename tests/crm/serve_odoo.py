"""Runs Odoo's own command line, by the Python of its environment: ``python serve_odoo.py FOLDER ARGUMENTS``.

The packages are cut by app, yet some apps come without a part they need, and the web client loads all that lie
there. So FOLDER is filled with links to those that the apps below need, and Odoo is looked for there alone.
"""

import ast
import sys
from pathlib import Path

APPS = ["crm", "base_import"]


def linked(folder):
    """Link Odoo into a folder, with the apps and what they need, and give the linked package."""
    installed = next(path for path in (Path(entry) / "odoo" for entry in sys.path) if path.is_dir())
    package = folder / "odoo"
    if package.exists():
        return package
    (package / "addons").mkdir(parents=True)
    for path in installed.iterdir():
        if path.name not in ("addons", "__pycache__"):
            (package / path.name).symlink_to(path)
    (package / "addons" / "__init__.py").symlink_to(installed / "addons" / "__init__.py")
    wanted = list(APPS)
    for app in wanted:
        (package / "addons" / app).symlink_to(installed / "addons" / app)
        manifest = ast.literal_eval((installed / "addons" / app / "__manifest__.py").read_text(encoding="utf-8"))
        needs = manifest.get("depends", [] if app == "base" else ["base"])
        wanted += [other for other in needs if other not in wanted]
    return package


def main():
    package = linked(Path(sys.argv.pop(1)))
    sys.path[0] = str(package.parent)  # in place of this script's folder
    import odoo

    odoo.__path__[:] = [str(package)]
    import odoo.addons

    odoo.addons.__path__[:] = [str(package / "addons")]
    import odoo.cli

    odoo.cli.main()


if __name__ == "__main__":
    main()
