# SPDX-License-Identifier: MIT
# An overlay port that builds csmtp from the tree that contains this file:
#   vcpkg install csmtp --overlay-ports=PATH/packaging/vcpkg
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

vcpkg_check_linkage(ONLY_DYNAMIC_LIBRARY)
# Go builds the same library for the debug and the release configuration.
set(VCPKG_BUILD_TYPE release)
vcpkg_find_acquire_program(GO)
get_filename_component(go_folder "${GO}" DIRECTORY)
vcpkg_add_to_path(PREPEND "${go_folder}")

vcpkg_cmake_configure(SOURCE_PATH "${SOURCE_PATH}" OPTIONS -DBUILD_TESTING=OFF -DCMAKE_INSTALL_LIBDIR=lib)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(PACKAGE_NAME csmtp CONFIG_PATH lib/cmake/csmtp)
vcpkg_fixup_pkgconfig()
vcpkg_copy_tools(TOOL_NAMES csmtp-send csmtp-doctor csmtp-login csmtp-testserver AUTO_CLEAN)

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/share/doc" "${CURRENT_PACKAGES_DIR}/share/man")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/packaging/debian/copyright")
