# SPDX-License-Identifier: MIT
"""doxygen_filter.py FILE prints a header with comments in Doxygen's form.

The headers are manuals for readers of plain text. This filter adds what Doxygen
needs: which declaration each comment belongs to, the main page, the groups, and,
in the class, that a method does what the C function of the same name does.
"""
import re
import sys
from pathlib import Path

SECTION = re.compile(r"/\* ([-=]{4,}) (.+?) [-=]+ \*/$")
TRAILING = re.compile(r"^(.*[;,{}\w)]) +/\* (.+) \*/$")
FUNCTION = re.compile(r"^CSMTP_API .*CSmtp_\w+\(")
CPP_SECTION = re.compile(r"  // [-=]{4} (.+?) [-=]{4}$")
# A template that derives from itself, which Doxygen takes for a mistake.
RECURSIVE = re.compile(r"^class (\w+) : public \1<.*\{$")
METHOD = re.compile(r"^  (?:virtual |explicit )?[\w:<>\s*&]*?[\s*&]([A-Z]\w*)\(.*[{;]?$")


def escaped(text):
    """The text of a comment, without anything that Doxygen takes for a command."""
    return re.sub(r"([\\@#%<>&])", r"\\\1", text)


def marked_up(text):
    """The lines of a comment, escaped except for its examples."""
    out, in_code = [], False
    for line in text:
        if line in ("@code", "@endcode"):
            in_code = line == "@code"
            out.append(line)
        else:
            out.append(line if in_code else escaped(line))
    return out


def pages(text):
    """The header's first comment: once as the main page, once as the file's."""
    main, file = ["@mainpage", ""], ["@file", ""]
    lines = marked_up([line for line in headline(text) if "SPDX" not in line])
    for i, line in enumerate(lines):
        if set(line) == {"-"}:
            continue
        if i + 1 < len(lines) and lines[i + 1] and set(lines[i + 1]) == {"-"}:
            main.append("@section %s %s" % (re.sub(r"\W+", "_", line.lower()), line))
            file.append("@par %s" % line)
        else:
            main.append(line)
            file.append(line)
    return [comment(main), comment(file)]


def comment(text):
    return "/** " + "\n * ".join(text) + " */"


def c_header(lines):
    """csmtp_c.h: a comment belongs to all declarations that follow it without a
    blank line or another comment, and a remark belongs to the declaration before it.
    The first comment below a section's line describes the group."""
    out, title, shared = [], "", None
    in_group, first = False, True
    i = 0
    while i < len(lines):
        line = lines[i]
        section = SECTION.match(line)
        if section:
            if in_group:
                out.append("/** @} */")
            in_group = False
            title = section[2] if "-" in section[1] else ""
            out.append("")
        elif line.startswith("/*"):
            block = [line]
            while "*/" not in lines[i]:
                i += 1
                block.append(lines[i])
            text = [re.sub(r"^(/| )\* ?", "", re.sub(r"(^| )\*/$", "", part)) for part in block]
            if first:
                out += pages(text)
                first = False
            elif title:
                name = "csmtp_" + re.sub(r"\W+", "_", title.lower()).strip("_")
                out.append(comment(["@defgroup %s %s" % (name, escaped(title)), ""] + marked_up(text)
                                   + ["", "@sa csmtp_c.h for the rules that apply to all functions", "", "@{"]))
                in_group, title = True, ""
            else:
                shared = marked_up(text)
                out.append(comment(shared))
                if FUNCTION.match(lines[i + 1] if i + 1 < len(lines) else ""):
                    out.pop()
        else:
            if in_group and line.startswith("#ifdef __cplusplus"):
                out.append("/** @} */")
                in_group = False
            trailing = TRAILING.match(line)
            if not FUNCTION.match(line):
                shared = None
                if trailing and not line.startswith("#"):
                    line = "%s /**< %s */" % (trailing[1], escaped(trailing[2]))
            else:
                mark = [trailing[2]] if trailing else []
                if shared or mark:
                    out.append(comment((shared or []) + mark))
                line = trailing[1] if trailing else line
            out.append(line)
        i += 1
    return out


def cpp_header(lines, functions):
    """The headers of class CSmtp: a // comment belongs to all methods that follow it
    without a blank line or another comment. A method that has the name of a C
    function gets that function's comment as well."""
    out, pending, shared, in_group = [], [], [], False
    for line in lines:
        line = RECURSIVE.sub(r"class \1 {", line)
        text = line.strip()
        section = CPP_SECTION.match(line)
        if section:
            out += ["  /** @} */"] * in_group + ["  /** @name %s" % escaped(section[1]), "   * @{ */"]
            pending, shared, in_group = [], [], True
            continue
        if text.startswith("//"):
            pending.append(re.sub("^// ?", "", text))
            continue
        own, pending = pending, []
        if own and "SPDX" in own[0]:
            out.append(comment(["@file", ""] + [escaped(part) for part in headline(own[1:])]))
            own = []
        elif own and line.startswith("    "):
            own = []  # within an enumeration or a body
        if own or not text:
            shared = [escaped(part) for part in own]
        if in_group and re.match(r" private:|};", line):
            out.append("  /** @} */")
            in_group = False
        method = METHOD.match(line)
        if method:
            copied = ["", "@copydoc CSmtp_%s" % method[1]] if method[1] in functions else []
            if shared or copied:
                out.append(comment(shared + copied))
        elif own:
            out.append(comment(shared))
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
