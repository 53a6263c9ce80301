# SPDX-License-Identifier: MIT
# An overlay port that builds csmtp from the tree that contains this file:
#   vcpkg install csmtp --overlay-ports=PATH/packaging/vcpkg
# or, without Go, installs an archive that `./build.sh dist` has made. The triplet or the
# environment sets CSMTP_ARCHIVE to its path or URL, and CSMTP_SHA256 to its checksum.
vcpkg_check_linkage(ONLY_DYNAMIC_LIBRARY)
# Go builds the same library for the debug and the release configuration.
set(VCPKG_BUILD_TYPE release)
foreach(setting IN ITEMS CSMTP_ARCHIVE CSMTP_SHA256)
  if(NOT DEFINED ${setting})
    set(${setting} "$ENV{${setting}}")
  endif()
endforeach()

if(CSMTP_ARCHIVE STREQUAL "")
  get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
  vcpkg_find_acquire_program(GO)
  vcpkg_cmake_configure(SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS "-DCSMTP_GO=${GO}" -DCSMTP_TOOLS=ON -DCSMTP_EXAMPLES=OFF -DBUILD_TESTING=OFF -DCMAKE_INSTALL_LIBDIR=lib
    MAYBE_UNUSED_VARIABLES BUILD_TESTING)
  vcpkg_cmake_install()
  set(licences "${SOURCE_PATH}/packaging/debian/copyright")
else()
  if(CSMTP_ARCHIVE MATCHES "://")
    get_filename_component(file "${CSMTP_ARCHIVE}" NAME)
    # vcpkg can check only a SHA-512 checksum. The SHA-256 checksum of the archive is
    # checked below.
    vcpkg_download_distfile(archive URLS "${CSMTP_ARCHIVE}" FILENAME "${file}" SKIP_SHA512 ALWAYS_REDOWNLOAD)
  else()
    set(archive "${CSMTP_ARCHIVE}")
  endif()
  file(SHA256 "${archive}" sum)
  if(NOT sum STREQUAL CSMTP_SHA256)
    message(FATAL_ERROR "${CSMTP_ARCHIVE} has the SHA-256 checksum ${sum}, but CSMTP_SHA256 is \"${CSMTP_SHA256}\"")
  endif()
  vcpkg_extract_source_archive(files ARCHIVE "${archive}")
  set(library lib/libcsmtp.so)
  if(VCPKG_TARGET_IS_WINDOWS)
    set(library bin/csmtp.dll)
  endif()
  if(NOT EXISTS "${files}/${library}")
    message(FATAL_ERROR "${CSMTP_ARCHIVE} does not contain ${library}: take the archive for ${TARGET_TRIPLET}")
  endif()
  file(INSTALL "${files}/bin" "${files}/include" "${files}/lib" DESTINATION "${CURRENT_PACKAGES_DIR}" USE_SOURCE_PERMISSIONS)
  file(GLOB licences "${files}/licenses/*")
endif()

vcpkg_cmake_config_fixup(PACKAGE_NAME csmtp CONFIG_PATH lib/cmake/csmtp)
if(EXISTS "${CURRENT_PACKAGES_DIR}/lib/pkgconfig")
  vcpkg_fixup_pkgconfig()
endif()
vcpkg_copy_tools(TOOL_NAMES csmtp-send csmtp-doctor csmtp-login csmtp-testserver AUTO_CLEAN)

foreach(folder IN ITEMS bash-completion csmtp/check-migration.sh doc fish man zsh)
  file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/share/${folder}")
endforeach()
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST ${licences})
