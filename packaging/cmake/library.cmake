# SPDX-License-Identifier: MIT
# Defines the target csmtp::csmtp, which Go builds; included by CMakeLists.txt. Also defines
# the variables library_dir and library (the folder and the name of the library), and the
# function csmtp_go.
find_program(CSMTP_GO go DOC "The go command")
file(STRINGS go.mod csmtp_go_line REGEX "^go ")
if(NOT CSMTP_GO)
  message(FATAL_ERROR "csmtp needs Go: install ${csmtp_go_line} or newer (from https://go.dev/dl), or set CSMTP_GO to the go command")
endif()
# The go command fails if it is too old and cannot download a newer version.
execute_process(COMMAND "${CSMTP_GO}" version WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
  RESULT_VARIABLE csmtp_failed OUTPUT_QUIET ERROR_VARIABLE csmtp_said)
if(csmtp_failed)
  message(FATAL_ERROR "csmtp needs ${csmtp_go_line} or newer (from https://go.dev/dl): ${csmtp_said}")
endif()

# If the library is built for another system or on Windows, csmtp_machine is Go's name for the
# processor of the target system. GOOS and GOARCH in the environment take precedence.
set(csmtp_goos "")
set(csmtp_machine "$ENV{GOARCH}")
if(csmtp_machine STREQUAL "" AND (CMAKE_CROSSCOMPILING OR WIN32))
  set(csmtp_processor "${CMAKE_C_COMPILER_ARCHITECTURE_ID}") # of Visual C++
  if(NOT MSVC OR csmtp_processor STREQUAL "")
    set(csmtp_processor "${CMAKE_SYSTEM_PROCESSOR}")
  endif()
  if(csmtp_processor MATCHES "^(x86_64|[Xx]64|AMD64|amd64)$" AND NOT CMAKE_SIZEOF_VOID_P EQUAL 4)
    set(csmtp_machine amd64)
  elseif(csmtp_processor MATCHES "^(x86_64|AMD64|amd64|[Xx]86|i[3-6]86)$")
    set(csmtp_machine 386)
  elseif(csmtp_processor MATCHES "^(aarch64|arm64|ARM64)$")
    set(csmtp_machine arm64)
  elseif(csmtp_processor MATCHES "^(arm|ARM)")
    set(csmtp_machine arm)
  elseif(WIN32 AND CMAKE_SIZEOF_VOID_P EQUAL 8)
    set(csmtp_machine amd64)
  elseif(WIN32)
    set(csmtp_machine 386)
  endif()
endif()
if(CMAKE_CROSSCOMPILING AND "$ENV{GOOS}" STREQUAL "")
  string(TOLOWER "${CMAKE_SYSTEM_NAME}" csmtp_goos)
endif()

# Go needs a C compiler with the options of GCC, even if the project uses Visual C++.
if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang" AND NOT MSVC)
  set(csmtp_cc "${CMAKE_C_COMPILER}")
  if(NOT "$ENV{CC}" STREQUAL "")
    set(csmtp_cc "$ENV{CC}")
  endif()
  set(CSMTP_CC "${csmtp_cc}" CACHE STRING "The C compiler for the library: GCC, Clang or zig cc")
else()
  set(csmtp_names gcc)
  if(csmtp_machine STREQUAL "386")
    set(csmtp_names i686-w64-mingw32-gcc)
  elseif(csmtp_machine STREQUAL "arm64")
    set(csmtp_names aarch64-w64-mingw32-clang)
  elseif(WIN32)
    set(csmtp_names x86_64-w64-mingw32-gcc gcc)
  endif()
  find_program(CSMTP_CC NAMES ${csmtp_names} DOC "The C compiler for the library: GCC, or Clang of MinGW-w64")
  if(NOT CSMTP_CC)
    string(REPLACE ";" " or " csmtp_names "${csmtp_names}")
    message(FATAL_ERROR "csmtp needs the C compiler ${csmtp_names} to build the library (on Windows, from MinGW-w64): install it, or set CSMTP_CC to its path")
  endif()
endif()

# csmtp_tool(VARIABLE NAME...): finds a program that belongs to the C compiler. If the
# compiler is x86_64-w64-mingw32-gcc, for example, it finds x86_64-w64-mingw32-objcopy.
function(csmtp_tool variable)
  get_filename_component(folder "${CSMTP_CC}" DIRECTORY)
  get_filename_component(name "${CSMTP_CC}" NAME)
  set(names)
  foreach(tool IN LISTS ARGN)
    if(name MATCHES "^(.*-)(gcc|clang|cc)")
      list(APPEND names "${CMAKE_MATCH_1}${tool}")
    endif()
    list(APPEND names ${tool})
  endforeach()
  find_program(${variable} NAMES ${names} HINTS "${folder}")
  if(NOT ${variable})
    string(REPLACE ";" " or " names "${ARGN}")
    message(FATAL_ERROR "csmtp needs ${names}, which is part of MinGW-w64: add its folder to PATH, or set ${variable}")
  endif()
endfunction()

if(WIN32)
  # The DLL is in the folder of the programs, where Windows looks for it.
  set(library_dir ${CMAKE_CURRENT_BINARY_DIR})
  set(library csmtp.dll)
  set(import_library ${library_dir}/csmtp.lib)
  set(definition ${library_dir}/csmtp.def)
  csmtp_tool(CSMTP_AR ar llvm-ar)
  csmtp_tool(CSMTP_OBJCOPY objcopy llvm-objcopy)
  csmtp_tool(CSMTP_WINDRES windres llvm-windres)
  set(csmtp_settings -DVERSION=${PROJECT_VERSION} -DMACHINE=${csmtp_machine} -DDEFINITION=${definition} -DIMPORT=${import_library}
    -DAR=${CSMTP_AR} -DOBJCOPY=${CSMTP_OBJCOPY} -DWINDRES=${CSMTP_WINDRES})
  if(MSVC)
    list(APPEND csmtp_settings -DLIB=${CMAKE_AR}) # lib.exe
  else()
    csmtp_tool(CSMTP_DLLTOOL llvm-dlltool dlltool)
    list(APPEND csmtp_settings -DDLLTOOL=${CSMTP_DLLTOOL})
  endif()
else()
  set(library_dir ${CMAKE_CURRENT_BINARY_DIR}/lib)
  set(library libcsmtp.so.${PROJECT_VERSION})
  set(import_library)
  set(definition)
  set(csmtp_settings -DSONAME=libcsmtp.so.${PROJECT_VERSION_MAJOR})
endif()

file(GLOB go_sources CONFIGURE_DEPENDS *.go *.c include/*.h
  internal/*/*.go internal/gate/*.[ch] internal/gate/*.ld internal/gate/*.map
  smtp/*.go smtp/*/*.go smtp/internal/*/*.go)
list(FILTER go_sources EXCLUDE REGEX "_test\\.go$")
list(APPEND go_sources ${CMAKE_CURRENT_SOURCE_DIR}/go.mod ${CMAKE_CURRENT_SOURCE_DIR}/go.sum
  ${CMAKE_CURRENT_SOURCE_DIR}/packaging/cmake/go.cmake)

# csmtp_go(WHAT FILE SETTING... [ALSO FILE...] [DEPENDS FILE...]): adds a command that runs
# go.cmake to build FILE and the files after ALSO. It also runs if a file after DEPENDS changes.
function(csmtp_go what file)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "ALSO;DEPENDS")
  get_filename_component(name ${file} NAME)
  add_custom_command(
    OUTPUT ${file} ${arg_ALSO}
    COMMAND ${CMAKE_COMMAND} -DWHAT=${what} -DSOURCE=${csmtp_SOURCE_DIR} -DOUT=${file} -DGO=${CSMTP_GO} -DSYSTEM=${CMAKE_SYSTEM_NAME}
      -DGOOS=${csmtp_goos} -DGOARCH=${csmtp_machine} ${arg_UNPARSED_ARGUMENTS} -P ${csmtp_SOURCE_DIR}/packaging/cmake/go.cmake
    DEPENDS ${go_sources} ${arg_DEPENDS}
    COMMENT "Building ${name} with Go"
    VERBATIM)
endfunction()

file(MAKE_DIRECTORY ${library_dir})
csmtp_go(library ${library_dir}/${library} -DCC=${CSMTP_CC} ${csmtp_settings} ALSO ${import_library} ${definition})
add_custom_target(csmtp_library ALL DEPENDS ${library_dir}/${library})

# GLOBAL makes the target visible to a project that includes this one.
add_library(csmtp_imported SHARED IMPORTED GLOBAL)
add_dependencies(csmtp_imported csmtp_library)
set_target_properties(csmtp_imported PROPERTIES
  IMPORTED_LOCATION ${library_dir}/${library}
  INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_SOURCE_DIR}/include;${CMAKE_CURRENT_SOURCE_DIR}/cpp_wrapper;${CMAKE_CURRENT_SOURCE_DIR}/cpp_wrapper/compat")
if(WIN32)
  set_target_properties(csmtp_imported PROPERTIES IMPORTED_IMPLIB ${import_library})
else()
  set_target_properties(csmtp_imported PROPERTIES IMPORTED_SONAME libcsmtp.so.${PROJECT_VERSION_MAJOR})
endif()
add_library(csmtp::csmtp ALIAS csmtp_imported)
