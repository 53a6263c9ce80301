# SPDX-License-Identifier: MIT
# Runs after the library was installed in csmtp_libdir. Updates the loader's cache, so
# that programs find the library, or prints what the user has to do.
if(NOT "$ENV{DESTDIR}" STREQUAL "")
  return()
endif()

# ldconfig prints a line for each folder that the loader looks in:
# "/usr/local/lib: (from /etc/ld.so.conf.d/libc.conf:2)".
find_program(csmtp_ldconfig ldconfig PATHS /sbin /usr/sbin)
set(csmtp_searched "")
if(csmtp_ldconfig)
  execute_process(COMMAND ${csmtp_ldconfig} -N -X -v OUTPUT_VARIABLE csmtp_searched ERROR_QUIET)
endif()
string(REGEX MATCHALL "(^|\n)/[^:\n]*:" csmtp_searched "${csmtp_searched}")
get_filename_component(csmtp_real "${csmtp_libdir}" REALPATH)
set(csmtp_found OFF)
foreach(csmtp_folder IN LISTS csmtp_searched)
  string(REGEX REPLACE "^\n|:$" "" csmtp_folder "${csmtp_folder}")
  get_filename_component(csmtp_folder "${csmtp_folder}" REALPATH)
  if(csmtp_folder STREQUAL csmtp_real)
    set(csmtp_found ON)
  endif()
endforeach()

if(NOT csmtp_found)
  message(STATUS "The system does not search ${csmtp_libdir} for libraries: link programs with -Wl,-rpath,${csmtp_libdir}, or set LD_LIBRARY_PATH=${csmtp_libdir}. pkg-config needs PKG_CONFIG_PATH=${csmtp_libdir}/pkgconfig, and CMake -DCMAKE_PREFIX_PATH=${CMAKE_INSTALL_PREFIX}")
  return()
endif()
execute_process(COMMAND ${csmtp_ldconfig} RESULT_VARIABLE csmtp_failed OUTPUT_QUIET ERROR_QUIET)
if(csmtp_failed)
  message(STATUS "Run ldconfig as root, so that programs find ${csmtp_libdir}/libcsmtp.so")
else()
  message(STATUS "Ran ldconfig: programs find ${csmtp_libdir}/libcsmtp.so")
endif()
