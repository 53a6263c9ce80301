# SPDX-License-Identifier: MIT
"""A recipe for Conan 2 that builds the tree that holds it: conan create packaging/conan"""
import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain
from conan.tools.files import copy, load, rmdir
from conan.tools.layout import basic_layout


class CsmtpConan(ConanFile):
    name = "csmtp"
    description = "Mail submission client, drop-in for CodeProject's CSmtp class"
    license = ("MIT", "BSD-3-Clause")
    topics = ("smtp", "mail", "email", "submission", "csmtp")
    package_type = "shared-library"
    settings = "os", "arch", "compiler", "build_type"

    @property
    def _tree(self):
        return os.path.join(self.recipe_folder, "..", "..")

    def set_version(self):
        code = load(self, os.path.join(self._tree, "csmtp.go"))
        self.version = re.search(r'^const Version = "(.*)"$', code, re.MULTILINE).group(1)

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "build.sh", "LICENSE", "README.md", "go.mod", "go.sum", "*.go", "*.c"):
            copy(self, pattern, self._tree, self.export_sources_folder, excludes=["*/*", "*_test.go"])
        for folder in ("include", "cpp_wrapper", "internal", "smtp", "tools", "docs", "examples/c", "examples/cpp", "examples/outbox",
                       "packaging/cmake", "packaging/debian"):
            copy(self, folder + "/*", self._tree, self.export_sources_folder, excludes=["*_test.go", "*/testdata/*"])

    def validate(self):
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("this recipe builds for Linux")
        if self.settings.get_safe("compiler.cppstd"):
            check_min_cppstd(self, 11)

    def package_id(self):
        # The library has a C interface, so its package does not depend on the settings
        # of the compiler.
        del self.info.settings.compiler
        del self.info.settings.build_type

    def layout(self):
        basic_layout(self, src_folder=".")

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.variables["BUILD_TESTING"] = False
        toolchain.variables["CMAKE_INSTALL_LIBDIR"] = "lib"
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "copyright", os.path.join(self.source_folder, "packaging", "debian"),
             os.path.join(self.package_folder, "licenses"))
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        for folder in ("share", "lib/cmake", "lib/pkgconfig"):
            rmdir(self, os.path.join(self.package_folder, folder))

    def package_info(self):
        self.cpp_info.libs = ["csmtp"]
        self.cpp_info.includedirs = ["include/csmtp", "include/csmtp/compat"]
        self.cpp_info.set_property("cmake_file_name", "csmtp")
        self.cpp_info.set_property("cmake_target_name", "csmtp::csmtp")
        self.cpp_info.set_property("pkg_config_name", "csmtp")
