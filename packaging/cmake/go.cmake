# SPDX-License-Identifier: MIT
# Builds the library or a program with Go. CMakeLists.txt runs this file with cmake -P, so a
# build with CMake needs neither bash nor Make. The files are the same as those that
# build.sh and packaging/windows/build.sh build.
#
#   WHAT     library, login or testserver
#   SOURCE   the folder of go.mod
#   OUT      the file to build
#   GO       the go command
#   SYSTEM   CMAKE_SYSTEM_NAME
# For the library also:
#   CC       the C compiler, which must accept the options of GCC
#   SONAME   the name by which programs load the library (not for Windows)
# For csmtp.dll also:
#   VERSION, MACHINE (amd64, 386 or arm64), DEFINITION and IMPORT (the files to write), and
#   the programs AR, OBJCOPY, WINDRES, and either DLLTOOL or LIB (lib.exe)
# If the target system is not this computer's, also:
#   GOOS, GOARCH
cmake_minimum_required(VERSION 3.16)

function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${folder}" RESULT_VARIABLE failed)
  if(failed)
    string(REPLACE ";" " " command "${ARGN}")
    message(FATAL_ERROR "failed (${failed}): ${command}")
  endif()
endfunction()

# As in go_build of tools/common.sh, Go ignores its environment variables and the settings
# of `go env -w`, except those for modules and caches.
foreach(name IN ITEMS GOPROXY GONOPROXY GOPRIVATE GOSUMDB GONOSUMDB GOINSECURE GOVCS GOTOOLCHAIN GOPATH GOMODCACHE GOCACHE)
  execute_process(COMMAND "${GO}" env ${name} WORKING_DIRECTORY "${SOURCE}" OUTPUT_VARIABLE value RESULT_VARIABLE failed
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(failed)
    message(FATAL_ERROR "${GO} env ${name} failed (${failed})")
  endif()
  set(ENV{${name}} "${value}")
endforeach()
foreach(name IN ITEMS GOFLAGS GOEXPERIMENT GODEBUG GOFIPS140 GO111MODULE GO_EXTLINK_ENABLED GOAMD64 GO386 GOARM64
    CGO_CFLAGS CGO_CPPFLAGS CGO_CXXFLAGS CGO_LDFLAGS)
  unset(ENV{${name}})
endforeach()
set(ENV{GOENV} off)
set(ENV{GOWORK} off)
set(ENV{CGO_CFLAGS} "-g -O2")
if(NOT "$ENV{CSMTP_CFLAGS}" STREQUAL "")
  set(ENV{CGO_CFLAGS} "-g -O2 $ENV{CSMTP_CFLAGS}")
endif()
foreach(name IN ITEMS GOOS GOARCH)
  if(NOT "${${name}}" STREQUAL "")
    set(ENV{${name}} "${${name}}")
  endif()
endforeach()
set(tags nethttpomithttp2)
if(NOT "$ENV{CSMTP_TAGS}" STREQUAL "")
  set(tags "${tags},$ENV{CSMTP_TAGS}")
endif()
set(build "${GO}" build -trimpath -buildvcs=false -tags "${tags}")

set(folder "${SOURCE}")
if(NOT WHAT STREQUAL "library")
  set(ENV{CGO_ENABLED} 0)
  set(mode)
  if(SYSTEM STREQUAL "Windows")
    set(mode -buildmode=pie)
  endif()
  run(${build} ${mode} -ldflags "-s -w -buildid=" -o "${OUT}" "./tools/csmtp-${WHAT}")
  return()
endif()

set(ENV{CGO_ENABLED} 1)
# Go treats CC as a command with arguments, so a path with spaces needs quotes.
set(cc "${CC}")
if(NOT EXISTS "${CC}")
  separate_arguments(cc NATIVE_COMMAND "${CC}")
  set(ENV{CC} "${CC}")
elseif(CC MATCHES " ")
  set(ENV{CC} "\"${CC}\"")
else()
  set(ENV{CC} "${CC}")
endif()
set(work "${OUT}.work")
file(REMOVE_RECURSE "${work}")
file(MAKE_DIRECTORY "${work}")

# Go also writes a header, which is not used.
if(NOT SYSTEM STREQUAL "Windows")
  set(strip "-s -w")
  if(DEFINED ENV{CSMTP_STRIP})
    set(strip "$ENV{CSMTP_STRIP}")
  endif()
  # lazystart.ld keeps Go from starting when the library is loaded.
  string(JOIN " " link "'-Wl,-T,${SOURCE}/internal/gate/lazystart.ld'" "'-Wl,--version-script=${SOURCE}/internal/gate/exports.map'"
    -Wl,--wrap=pthread_create -Wl,-soname,${SONAME} -Wl,-z,relro,-z,now,-z,noexecstack,-z,defs -Wl,--build-id=none)
  run(${build} -buildmode=c-shared -o "${work}/lib.so" -ldflags "${strip} -buildid= -extldflags \"${link}\"" .)
  file(COPY "${work}/lib.so" DESTINATION "${work}/mode" FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
    GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  file(RENAME "${work}/mode/lib.so" "${OUT}")
  file(REMOVE_RECURSE "${work}")
  get_filename_component(file "${OUT}" NAME)
  get_filename_component(folder "${OUT}" DIRECTORY)
  file(CREATE_LINK "${file}" "${folder}/${SONAME}" SYMBOLIC)
  file(CREATE_LINK "${SONAME}" "${folder}/libcsmtp.so" SYMBOLIC)
  return()
endif()

# The DLL exports exactly the functions of the header. Go's object files contain directives
# that export every function that C can call, and a .def file cannot override them. So Go
# builds an archive, the directives are removed from it, and the DLL is linked from it.
set(machine "i386:x86-64")
set(flag -Wl,--high-entropy-va)
if(MACHINE STREQUAL "386")
  set(machine i386)
  set(flag -Wl,--large-address-aware)
elseif(MACHINE STREQUAL "arm64")
  set(machine arm64)
endif()
if(NOT "${AR}" STREQUAL "")
  set(ENV{AR} "${AR}")
endif()
run(${build} -buildmode=c-archive -ldflags "-s -w -buildid=" -o "${work}/csmtp.a" .)
set(folder "${work}")
run("${AR}" x csmtp.a)
file(REMOVE "${work}/csmtp.a")
file(GLOB objects RELATIVE "${work}" "${work}/0*.o")
list(SORT objects)
foreach(object IN LISTS objects)
  run("${OBJCOPY}" --enable-deterministic-archives --remove-section .drectve "${object}")
endforeach()
string(REPLACE "." "," version_commas "${VERSION}.0")
configure_file("${SOURCE}/packaging/windows/csmtp.rc.in" "${work}/csmtp.rc" @ONLY)
run("${WINDRES}" csmtp.rc resource.o)
file(STRINGS "${SOURCE}/packaging/functions.txt" functions)
set(definition "LIBRARY csmtp.dll\nEXPORTS\n")
foreach(function IN LISTS functions)
  string(APPEND definition "  ${function}\n")
endforeach()
file(WRITE "${DEFINITION}" "${definition}")
run(${cc} -shared -static -s -o csmtp.dll "${DEFINITION}" go.o ${objects} resource.o
  -Wl,--dynamicbase,--nxcompat,--no-insert-timestamp ${flag})
if(NOT "${LIB}" STREQUAL "")
  string(REPLACE "amd64" "x64" machine "${MACHINE}")
  string(REPLACE "386" "x86" machine "${machine}")
  run("${LIB}" /nologo "/def:${DEFINITION}" "/machine:${machine}" "/out:${IMPORT}")
else()
  run("${DLLTOOL}" -m ${machine} -d "${DEFINITION}" -D csmtp.dll -l "${IMPORT}")
endif()
file(RENAME "${work}/csmtp.dll" "${OUT}")
set(folder "${SOURCE}")
file(REMOVE_RECURSE "${work}")
