# SPDX-License-Identifier: MIT
# The rules of `cmake --install`; included by CMakeLists.txt.
include(CMakePackageConfigHelpers)

if(WIN32)
  install(PROGRAMS ${library_dir}/${library} DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(FILES ${import_library} ${definition} DESTINATION ${CMAKE_INSTALL_LIBDIR})
else()
  install(FILES ${library_dir}/${library} DESTINATION ${CMAKE_INSTALL_LIBDIR}
    PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  install(CODE "
    foreach(link libcsmtp.so.${PROJECT_VERSION_MAJOR} libcsmtp.so)
      execute_process(COMMAND \${CMAKE_COMMAND} -E create_symlink ${library}
        \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/\${link}\")
    endforeach()")
endif()
install(FILES include/csmtp_c.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/csmtp)
install(FILES ${class_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/csmtp)
install(DIRECTORY cpp_wrapper/compat DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/csmtp PATTERN *.sh EXCLUDE)
if(NOT WIN32)
  install(PROGRAMS cpp_wrapper/compat/check-migration.sh DESTINATION ${CMAKE_INSTALL_DATADIR}/csmtp)
endif()

configure_package_config_file(packaging/cmake/csmtpConfig.cmake.in csmtpConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/csmtp
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(csmtpConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/csmtpConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/csmtpConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/csmtp)

file(RELATIVE_PATH libdir_to_include /${CMAKE_INSTALL_LIBDIR} /${CMAKE_INSTALL_INCLUDEDIR})
configure_file(packaging/cmake/csmtp.pc.in csmtp.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/csmtp.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(FILES LICENSE README.md packaging/debian/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
# documents.sh needs sh and awk, which Windows lacks. Without it, some links of the documents
# would lead nowhere.
find_program(csmtp_sh sh)
if(csmtp_sh)
  install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN *.md PATTERN *.png)
  install(DIRECTORY examples/c examples/cpp DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
  install(CODE "
    execute_process(COMMAND \"${csmtp_sh}\" \"${CMAKE_CURRENT_SOURCE_DIR}/packaging/cmake/documents.sh\"
      \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DOCDIR}\" RESULT_VARIABLE failed)
    if(failed)
      message(FATAL_ERROR \"packaging/cmake/documents.sh failed\")
    endif()")
endif()
if(CSMTP_DOCS)
  install(DIRECTORY ${docs_dir}/html DESTINATION ${CMAKE_INSTALL_DOCDIR})
  install(DIRECTORY ${docs_dir}/man/man3 DESTINATION ${CMAKE_INSTALL_MANDIR})
endif()

if(WIN32)
  return()
endif()
# The loader finds libraries in the system's folders through a cache that ldconfig
# writes. With DESTDIR, the files are for another system, and the cache stays as it is.
install(CODE "set(csmtp_libdir \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}\")")
install(SCRIPT packaging/cmake/ldconfig.cmake)
