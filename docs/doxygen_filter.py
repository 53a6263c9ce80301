# SPDX-License-Identifier: MIT
"""doxygen_filter.py FILE prints a header with Doxygen's comments for its own.

The headers are manuals for readers of plain text; what Doxygen needs to see is
added here: which comment is whose, the sections, and, in the class, that a
method does what the function of the same name does.
"""
import re
import sys
from pathlib import Path

SECTION = re.compile(r"/\* [-=]{4,} (.+?) [-=]+ \*/$")
TRAILING = re.compile(r"^(.*[;,{}\w)]) +/\* (.+) \*/$")
METHOD = re.compile(r"^  (?:virtual |explicit )?[\w:<>\s*&]*?[\s*&]([A-Z]\w*)\(.*[{;]?$")


def escaped(text):
    """Text of a comment, with nothing that Doxygen takes for a command."""
    return re.sub(r"([\\@#%<>&])", r"\\\1", text)


def c_header(lines):
    """csmtp_c.h: blocks of /* */ before, and remarks after, a declaration."""
    out, in_group, first = [], False, True
    i = 0
    while i < len(lines):
        line = lines[i]
        section = SECTION.match(line)
        if section:
            if in_group:
                out.append("/** @} */")
            in_group = "---" in line
            if in_group:
                out.append("/** @name %s\n * @{ */" % escaped(section[1]))
            else:
                out.append("")
        elif line.startswith("/*"):
            block = [line]
            while "*/" not in lines[i]:
                i += 1
                block.append(lines[i])
            text = [re.sub(r"^(/| )\* ?", "", re.sub(r"(^| )\*/$", "", part)) for part in block]
            if first:
                text = ["@file", ""] + [escaped(part) for part in headline(text) if "SPDX" not in part]
                first = False
            else:
                text = [escaped(part) for part in text]
            out.append("/** " + "\n * ".join(text) + " */")
        elif (trailing := TRAILING.match(line)) and not line.startswith("#"):
            out.append("%s /**< %s */" % (trailing[1], escaped(trailing[2])))
        else:
            if in_group and line.startswith("#ifdef __cplusplus"):
                out.append("/** @} */")
                in_group = False
            out.append(line)
        i += 1
    return out


def cpp_header(lines, functions):
    """CSmtp.h and csmtp_core.h: // before a declaration, a section's name after
    an empty line, and methods that have the name of a C function."""
    out, comment, in_group = [], [], False
    for i, line in enumerate(lines):
        text = line.strip()
        if text.startswith("//"):
            comment.append(text[2:].strip())
            continue
        own, comment = comment, []
        before = lines[i - len(own) - 1] if i > len(own) else ""
        if own and "SPDX" in own[0]:
            own = ["@file", ""] + [escaped(part) for part in headline(own[1:])]
        elif len(own) == 1 and lines[i - 1].startswith("  //") and before == "":
            out += ["  /** @} */"] * in_group + ["  /** @name %s\n   * @{ */" % escaped(own[0].strip("= "))]
            own, in_group = [], True
        elif own and lines[i - 1].startswith("    "):
            own = []  # within an enumeration or a body
        elif own:
            own = [escaped(part) for part in own]
        if in_group and re.match(r" private:|};", line):
            out.append("  /** @} */")
            in_group = False
        method = METHOD.match(line)
        if own:
            out.append("/** " + "\n * ".join(own) + " */")
        elif method and method[1] in functions:
            out.append("  /** @copydoc CSmtp_%s */" % method[1])
        remark = re.match(r"^(  \S.*[;,{]) +// (.+)$", line)
        out.append("%s /**< %s */" % (remark[1], escaped(remark[2])) if remark else line)
    return out


def headline(text):
    """A file's comment, without the file's name, which Doxygen adds itself."""
    return [re.sub(r"^\w+\.h: (\w)", lambda m: m[1].upper(), part) for part in text]


def main():
    path = Path(sys.argv[1])
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.name == "csmtp_c.h":
        result = c_header(lines)
    else:
        names = Path(__file__).resolve().parent.parent / "packaging" / "functions.txt"
        functions = {name.removeprefix("CSmtp_") for name in names.read_text(encoding="utf-8").split()}
        result = cpp_header(lines, functions)
    print("\n".join(result))


if __name__ == "__main__":
    main()
