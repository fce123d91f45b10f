"""What `make docs` needs beside mkdocs: pages that lie outside docs/ are part of the site, and links to source files,
which are not, become plain words."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]

OUTSIDE = {
    "README.md": "index.md",
    "README.vi.md": "vi.md",
    "CHANGELOG.md": "changes.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security-policy.md",
    "asr_models/vi-digits/CARD.md": "model-card.md",
    "asr_models/vi-digits-free/CARD.md": "model-card-free.md",
    "asr_models/recipe/TRIALS.md": "recipe-decisions.md",
    "deploy/asterisk/README.md": "asterisk.md",
}
"""Path in the checkout → page of the site."""

PICTURES = ("asr_models/vi-digits/*.png",)

_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s#]*)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what lies outside docs/."""
    for path, page in OUTSIDE.items():
        files.append(File.generated(config, page, content=(ROOT / path).read_text("utf-8")))
    for pattern in PICTURES:
        for picture in sorted(ROOT.glob(pattern)):
            files.append(File.generated(config, picture.name, abs_src_path=str(picture)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links follow the pages to where they are on the site."""
    at = {page_name: path for path, page_name in OUTSIDE.items()}.get(page.file.src_uri, f"docs/{page.file.src_uri}")

    def moved(link: re.Match[str]) -> str:
        picture, words, target, anchor = link[1], link[2], link[3], link[4] or ""
        if not target or re.match(r"[a-z]+:", target):
            return link[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(at), target))
        inside = OUTSIDE.get(path) or path.removeprefix("docs/") if path.startswith("docs/") else OUTSIDE.get(path)
        inside = inside or (posixpath.basename(path) if picture else None)
        if inside and files.get_file_from_path(inside):
            return f"{picture}[{words}]({inside}{anchor})"
        return words  # a source file: the site has none

    parts = re.split(r"(```.*?```)", markdown, flags=re.DOTALL)  # code stays as it is
    return "".join(part if part.startswith("```") else _LINK.sub(moved, part) for part in parts)
