# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Checks the Maven packages (jars). ../check.sh sources this file. Maven uses the user's settings,
# and downloads its plugins, JNA and JUnit to the subfolder maven of the build folder.
: "${root:?}" "${out:?}" "${work:?}" "${library:?}" "${platform:?}"

# Prints the second XML code block of the section Java in docs/install.md. This block contains the
# dependency for tests.
for_tests() {
  awk '/^## / { section = $0 } /^```xml$/ { n += section == "## Java"; inside = n == 2; next } /^```$/ { inside = 0 } inside' \
    "$root/docs/install.md"
}

# Prints a pom.xml with JUnit and the dependencies that docs/install.md names.
java_project() {
  cat <<EOF2
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>empty</groupId>
  <artifactId>empty</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>11</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
$(program Java xml)
$(for_tests)
    <dependency>
      <groupId>org.junit.jupiter</groupId>
      <artifactId>junit-jupiter</artifactId>
      <version>5.14.1</version>
      <scope>test</scope>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>
      <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.0</version></plugin>
      <plugin><artifactId>maven-surefire-plugin</artifactId><version>3.5.3</version></plugin>
    </plugins>
  </build>
</project>
EOF2
}

check_java() {
  local target=$platform version made=$work/java/made project=$work/java/project jar line block n=0 page name home libraries
  [ "$target" != native ] || target=linux-$(case $(uname -m) in x86_64) echo x64 ;; aarch64) echo arm64 ;; *) echo armhf ;; esac)
  version=$(sed -n 's/^const Version = "\(.*\)"$/\1/p' "$root/csmtp.go")
  grep -q "^  <version>$version</version>$" "$root/bindings/java/pom.xml" || fail "bindings/java/pom.xml has another version than csmtp.go"
  export CSMTP_MAVEN_REPOSITORY=$out/maven
  rm -rf "$CSMTP_MAVEN_REPOSITORY/io/github/libcsmtp"
  "$root/packaging/java.sh" -o "$made" "$library" "$target" >"$work/java.log"
  while read -r jar; do size "$jar"; done <"$work/java.log"
  "$root/packaging/java.sh" -o "$work/java/again" "$library" "$target" >"$work/java.log"
  while read -r jar; do cmp "$jar" "$made/$(basename "$jar")" || fail "the jar is not reproducible"; done <"$work/java.log"

  # Install the jars with the commands from docs/install.md, and run the program in an empty project.
  while read -r line; do
    (cd "$work/java" && eval "maven ${line#mvn }")
  done < <(grep -F 'install-file ' "$root/docs/install.md" | sed "s|build/java/|$made/|")
  mkdir -p "$project/src/main/java" "$project/src/test/java"
  java_project >"$project/pom.xml"
  program Java java >"$project/src/main/java/Mail.java"
  start_server "$(testserver_beside "$library")"
  (cd "$project" && CSMTP_CONFIG=$work/config maven compile org.codehaus.mojo:exec-maven-plugin:3.5.0:java -Dexec.mainClass=Mail)
  received

  # Compile the other code blocks of the documents, and run the tests in them.
  for page in install java; do
    while IFS= read -r -d '' block; do
      name=$(sed -n 's/.*class \([A-Za-z]*\) .*/\1/p' <<<"$block" | head -n 1)
      [ -n "$name" ] || fail "docs/$page.md has a Java code block without a class"
      printf '%s' "$block" >"$project/src/test/java/$name.java"
      n=$((n + 1))
    done < <(awk '/^```java$/ { inside = 1; next } /^```$/ { if (inside) printf "%c", 0; inside = 0 } inside { print }' "$root/docs/$page.md")
  done
  rm "$project/src/test/java/Mail.java"
  [ "$n" -ge 5 ] || fail "the documents have only $n blocks in Java"
  (cd "$project" && maven test -Dsurefire.printSummary=true -Dsurefire.failIfNoSpecifiedTests=true)
  grep -q 'tests="[1-9]' "$project"/target/surefire-reports/TEST-*.xml || fail "no test of the documents has run"

  # With java.lang.foreign, the program must need no jar other than that of the Java module.
  if home=$(jdk22); then
    start_server "$(testserver_beside "$library")"
    CSMTP_CONFIG=$work/config "$home/bin/java" --enable-native-access=ALL-UNNAMED -cp "$project/target/classes:$made/libcsmtp-$version.jar" Mail
    received
    export JAVA_HOME=$home
  fi

  # Run the module's own tests with JNA and, if there is a JDK 22 or newer, also with
  # java.lang.foreign. These tests include those that play the transcripts.
  cp -R "$root/bindings/java" "$work/java/module"
  rm -rf "$work/java/module/target"
  libraries=$(realpath "$library")
  (cd "$work/java/module" && CSMTP_LIBRARY=$libraries CSMTP_TESTSERVER=$(testserver_beside "$libraries") maven verify -Dcsmtp.root="$root")
  for n in surefire-reports ${home:+surefire-reports-java22}; do
    echo "   $n: $(cat "$work/java/module/target/$n"/TEST-*.xml | grep -c '<testcase ') tests"
  done
  unset JAVA_HOME CSMTP_MAVEN_REPOSITORY
}
