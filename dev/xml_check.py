"""Reads every XML file of the repository and reports those that are not well formed."""

import subprocess
import sys

from lxml import etree


def main():
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.xml", "*.svg"]
    files = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    broken = 0
    for file in files:
        try:
            etree.parse(file)
        except (etree.XMLSyntaxError, OSError) as error:
            broken += 1
            print(f"{file}: {error}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
