# SPDX-License-Identifier: MIT
"""A recipe for Conan 2. It builds the tree that contains it, for Linux and Windows:

    conan create packaging/conan

or, without Go, packs an archive that `./build.sh dist` has made. The archive is a path or
a URL:

    conan create packaging/conan -o "csmtp/*:archive=ARCHIVE" -o "csmtp/*:sha256=CHECKSUM"
"""
import os
import re

from conan import ConanFile
from conan.errors import ConanException, ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain
from conan.tools.files import check_sha256, copy, download, load, rmdir, unzip
from conan.tools.layout import basic_layout


class CsmtpConan(ConanFile):
    name = "csmtp"
    description = "Mail submission client, drop-in for CodeProject's CSmtp class"
    license = ("MIT", "BSD-3-Clause")
    topics = ("smtp", "mail", "email", "submission", "csmtp")
    package_type = "shared-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"archive": [None, "ANY"], "sha256": [None, "ANY"]}
    default_options = {"archive": None, "sha256": None}

    @property
    def _tree(self):
        return os.path.join(self.recipe_folder, "..", "..")

    def set_version(self):
        code = load(self, os.path.join(self._tree, "csmtp.go"))
        self.version = re.search(r'^const Version = "(.*)"$', code, re.MULTILINE).group(1)

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "build.sh", "LICENSE", "README.md", "go.mod", "go.sum", "*.go", "*.c"):
            copy(self, pattern, self._tree, self.export_sources_folder, excludes=["*/*", "*_test.go"])
        for folder in ("include", "cpp_wrapper", "internal", "smtp", "tools", "docs", "examples/c", "examples/cpp",
                       "packaging/cmake", "packaging/debian"):
            copy(self, folder + "/*", self._tree, self.export_sources_folder, excludes=["*_test.go", "*/testdata/*"])
        for file in ("packaging/functions.txt", "packaging/windows/csmtp.rc.in"):
            copy(self, file, self._tree, self.export_sources_folder)

    def validate(self):
        if self.settings.os not in ("Linux", "Windows"):
            raise ConanInvalidConfiguration("csmtp is for Linux and Windows")
        if bool(self.options.archive) != bool(self.options.sha256):
            raise ConanInvalidConfiguration("set both options archive and sha256, or neither")
        if self.settings.get_safe("compiler.cppstd"):
            check_min_cppstd(self, 11)

    def package_id(self):
        # The library has a C interface, so its package does not depend on the settings
        # of the compiler.
        del self.info.settings.compiler
        del self.info.settings.build_type
        # A package that is made from an archive contains the same files as one that is built from
        # the source.
        del self.info.options.archive
        del self.info.options.sha256

    def layout(self):
        basic_layout(self, src_folder=".")

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.variables["BUILD_TESTING"] = False
        toolchain.variables["CSMTP_EXAMPLES"] = False
        toolchain.variables["CMAKE_INSTALL_LIBDIR"] = "lib"
        toolchain.generate()
        CMakeDeps(self).generate()

    @property
    def _unpacked(self):
        return os.path.join(self.build_folder, "archive")

    def build(self):
        if self.options.archive:
            self._unpack(str(self.options.archive), str(self.options.sha256))
            return
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def _unpack(self, archive, sha256):
        if "://" in archive:
            file = os.path.join(self.build_folder, archive.rsplit("/", 1)[1])
            download(self, archive, file)
        else:
            file = archive
        check_sha256(self, file, sha256)
        unzip(self, file, destination=self._unpacked, strip_root=True)
        library = "bin/csmtp.dll" if self.settings.os == "Windows" else "lib/libcsmtp.so"
        if not os.path.exists(os.path.join(self._unpacked, library)):
            raise ConanException(f"{archive} does not contain {library}: take the archive for {self.settings.os}")

    def package(self):
        licenses = os.path.join(self.package_folder, "licenses")
        if self.options.archive:
            for folder in ("bin", "include", "lib"):
                copy(self, "*", os.path.join(self._unpacked, folder), os.path.join(self.package_folder, folder))
            copy(self, "*", os.path.join(self._unpacked, "licenses"), licenses)
            copy(self, "LICENSE", self._unpacked, licenses)
        else:
            CMake(self).install()
            copy(self, "copyright", os.path.join(self.source_folder, "packaging", "debian"), licenses)
            copy(self, "LICENSE", self.source_folder, licenses)
        for folder in ("share", "lib/cmake", "lib/pkgconfig"):
            rmdir(self, os.path.join(self.package_folder, folder))

    def package_info(self):
        self.cpp_info.libs = ["csmtp"]
        self.cpp_info.includedirs = ["include/csmtp", "include/csmtp/compat"]
        self.cpp_info.set_property("cmake_file_name", "csmtp")
        self.cpp_info.set_property("cmake_target_name", "csmtp::csmtp")
        self.cpp_info.set_property("pkg_config_name", "csmtp")
