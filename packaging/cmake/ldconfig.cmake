# SPDX-License-Identifier: MIT
# Runs when the library has been installed in csmtp_libdir: a program starts
# without more ado, or what is missing is said.
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
  message(STATUS "The system does not look for libraries in ${csmtp_libdir}: link programs with -Wl,-rpath,${csmtp_libdir}, or set LD_LIBRARY_PATH=${csmtp_libdir}")
  return()
endif()
execute_process(COMMAND ${csmtp_ldconfig} RESULT_VARIABLE csmtp_failed OUTPUT_QUIET ERROR_QUIET)
if(csmtp_failed)
  message(STATUS "Programs find ${csmtp_libdir}/libcsmtp.so when root has run ldconfig")
else()
  message(STATUS "ldconfig has run: programs find ${csmtp_libdir}/libcsmtp.so")
endif()
