# SPDX-License-Identifier: MIT
"""components.py FILE VERSION ZIG TARGET: completes the list of components that cyclonedx-gomod wrote.

It names csmtp, and adds the C and C++ libraries that are linked statically.
"""
import json
import sys

path, version, zig, target = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    bom = json.load(file)

main = bom["metadata"]["component"]
main.update(name="csmtp", version=version, licenses=[{"license": {"id": "MIT"}}])
main.pop("hashes", None)
for tool in bom["metadata"].get("tools", []):
    tool.pop("hashes", None)  # they depend on where the tool was built

if target in ("windows-x64", "windows-x86"):
    libraries = [("libstdc++", "GPL-3.0-or-later WITH GCC-exception-3.1"), ("mingw-w64", "ZPL-2.1")]
    version = "as in Debian's g++-mingw-w64"
else:
    llvm = "Apache-2.0 WITH LLVM-exception"
    libraries = [("libc++", llvm), ("libc++abi", llvm), ("libunwind", llvm), ("compiler-rt", "MIT")]
    if target == "windows-arm64":
        libraries.append(("mingw-w64", "ZPL-2.1"))
    version = f"as in zig {zig}"
for name, licence in libraries:
    bom.setdefault("components", []).append({
        "bom-ref": f"zig/{name}",
        "type": "library",
        "name": name,
        "version": version,
        "licenses": [{"expression": licence}],
    })

with open(path, "w", encoding="utf-8") as file:
    json.dump(bom, file, indent=2, sort_keys=True)
    file.write("\n")
