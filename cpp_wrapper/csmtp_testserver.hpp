// SPDX-License-Identifier: MIT
// Class TestServer runs csmtp-testserver, a mail server for tests, and reads the mails
// that the server has received. It reports errors as exceptions, so it works with every
// test framework. docs/testing.md is an introduction.
//
//   csmtp::TestServer server;
//   SendMyMail("localhost", server.Port(), server.CAFile());
//   csmtp::TestMail mail = server.Wait(1).at(0);
//   EXPECT_EQ("Hello", mail.subject);
//
// The header needs C++11, but not libcsmtp. With MinGW, link with -lws2_32. On Windows,
// include the header before windows.h.
#ifndef CSMTP_TESTSERVER_HPP
#define CSMTP_TESTSERVER_HPP

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "csmtp_testprocess.hpp"

namespace csmtp {

// Thrown if the server did not start, refused a request, or did not respond in time.
struct TestServerError : std::runtime_error {
  explicit TestServerError(const std::string &what) : std::runtime_error(what) {}
};

// Thrown if the client did not follow the script, or no script is set.
struct TestScriptError : std::runtime_error {
  explicit TestScriptError(const std::string &what) : std::runtime_error(what) {}
};

// A received mail.
struct TestMail {
  int number = 0;
  int session = 0;
  std::string from;  // the reverse-path
  std::vector<std::string> recipients;
  std::string subject;  // decoded, in UTF-8
  std::string login;  // empty if there was no login
  std::string tls;    // the TLS version; empty without TLS
  std::string raw;    // the content, octet for octet

  // Returns the value of the first header field with this name, or "" if there is none.
  // The value is unfolded, but encoded-words such as =?UTF-8?B?w6k=?= are not decoded.
  std::string Field(const std::string &name) const {
    std::size_t at = 0;
    while (at < raw.size() && raw.compare(at, 2, "\r\n") != 0) {
      std::size_t end = raw.find("\r\n", at);
      while (end != std::string::npos && end + 2 < raw.size() && (raw[end + 2] == ' ' || raw[end + 2] == '\t')) end = raw.find("\r\n", end + 2);
      std::string line = raw.substr(at, end == std::string::npos ? end : end - at);
      if (line.size() > name.size() && line[name.size()] == ':' && SameWord(line.substr(0, name.size()), name)) return Unfolded(line.substr(name.size() + 1));
      if (end == std::string::npos) break;
      at = end + 2;
    }
    return "";
  }

  // Returns the body, which follows the header.
  std::string Body() const {
    if (raw.compare(0, 2, "\r\n") == 0) return raw.substr(2);  // the header is empty
    std::size_t at = raw.find("\r\n\r\n");
    return at == std::string::npos ? "" : raw.substr(at + 4);
  }

 private:
  static bool SameWord(const std::string &a, const std::string &b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return Lower(x) == Lower(y); });
  }
  static char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
  static std::string Unfolded(std::string value) {
    for (std::size_t at; (at = value.find("\r\n")) != std::string::npos;) value.erase(at, 2);
    std::size_t begin = value.find_first_not_of(" \t");
    return begin == std::string::npos ? "" : value.substr(begin);
  }
};

// A running csmtp-testserver. It ends when this object is destroyed or the program
// ends.
class TestServer {
 public:
  // Starts csmtp-testserver with command-line options, such as {"--certificate",
  // "expired"}. The environment variable CSMTP_TESTSERVER contains the path of
  // csmtp-testserver. If the variable is not set, PATH is searched for it.
  explicit TestServer(const std::vector<std::string> &options = std::vector<std::string>()) {
    const char *program = std::getenv("CSMTP_TESTSERVER");
    std::vector<std::string> arguments = {program && *program ? program : "csmtp-testserver", "--for", "1h", "--stdin", "--ready", m_process.File("ready")};
    arguments.insert(arguments.end(), options.begin(), options.end());
    if (!m_process.Start(arguments)) throw TestServerError(arguments[0] + " cannot be started: install it, or set CSMTP_TESTSERVER to its path");
    ReadReady();
  }

  const char *User() const { return "alice@test.example"; }  // unless the option --user is given
  const char *Password() const { return "s3cret pass"; }
  const std::string &Host() const { return Said("host"); }
  unsigned short Port() const { return Number("port"); }        // offers STARTTLS
  unsigned short TLSPort() const { return Number("tls_port"); }  // TLS from the start of the connection
  const std::string &CAFile() const { return Said("ca"); }       // the file with the certificate of the server's CA
  const std::string &URL() const { return Said("http"); }        // the URL of the inbox's web page

  // Returns the mails received so far, oldest first.
  std::vector<TestMail> Mails() { return List("mails"); }

  // Waits until 'count' mails have been received since the start or the last Clear, and
  // returns all mails received since then. If there are fewer after 'seconds', throws
  // TestServerError.
  std::vector<TestMail> Wait(int count = 1, int seconds = 10) {
    return List("mails?wait=" + std::to_string(count) + "&timeout=" + std::to_string(seconds), seconds);
  }

  // Returns the lines of a session's dialogue, with secrets masked.
  std::vector<std::string> Dialogue(int session) {
    std::vector<std::string> lines;
    const detail::Json said = detail::Json::Parse(Request("GET", "sessions/" + std::to_string(session)));
    for (const detail::Json &line : said["dialogue"].items) lines.push_back(line.text);
    return lines;
  }

  // Deletes all mails and sessions from the server.
  void Clear() { Request("DELETE", "mails"); }

  // Makes the server answer the next clients as a script says. The script is played
  // once; if it contains the line "repeat: yes", it is played until EndScript is
  // called. 'script' is the name of a built-in script, or the text of a script.
  void Play(const std::string &script) {
    const char *key = script.find('\n') == std::string::npos ? "name" : "text";
    Request("PUT", "script", std::string("{\"") + key + "\":" + detail::Json::Quoted(script) + "}");
  }

  // Ends the script: the server answers as usual again.
  void EndScript() { Request("DELETE", "script"); }

  // Waits until the script has been played to its end. Throws TestScriptError if the
  // client did not follow the script or no script is set, and TestServerError if the
  // script has not ended after 'seconds'.
  void Played(int seconds = 10) {
    const detail::Json said = detail::Json::Parse(Request("GET", "script?wait=" + std::to_string(seconds), "", seconds));
    const std::string &state = said["state"].text, &error = said["error"].text;
    if (state == "none") throw TestScriptError("no script is set");
    if (state != "played") throw TestScriptError(error.empty() ? "the state of the script is " + state : error);
  }

 private:
  TestServer(const TestServer &);
  TestServer &operator=(const TestServer &);

  void ReadReady() {
    const std::string path = m_process.File("ready");
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    for (;;) {
      std::ifstream file(path.c_str());
      if (file) {
        for (std::string line; std::getline(file, line);) {
          const std::size_t at = line.find('=');
          if (at != std::string::npos) m_said[line.substr(0, at)] = line.substr(at + 1);
        }
        return;
      }
      if (m_process.Ended() || std::chrono::steady_clock::now() > until) throw TestServerError("csmtp-testserver did not start: " + m_process.Output());
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  const std::string &Said(const char *key) const { return m_said.at(key); }
  unsigned short Number(const char *key) const { return static_cast<unsigned short>(std::atoi(Said(key).c_str())); }

  std::vector<TestMail> List(const std::string &where, int seconds = 0) {
    std::vector<TestMail> mails;
    const detail::Json said = detail::Json::Parse(Request("GET", where, "", seconds));
    for (const detail::Json &one : said["mails"].items) {
      TestMail mail;
      mail.number = std::atoi(one["number"].text.c_str());
      mail.session = std::atoi(one["session"].text.c_str());
      mail.from = one["from"].text;
      for (const detail::Json &recipient : one["recipients"].items) mail.recipients.push_back(recipient["address"].text);
      mail.subject = one["subject"].text;
      mail.login = one["login"].text;
      mail.tls = one["tls"].text;
      mail.raw = Request("GET", "mails/" + one["number"].text + ".eml");
      mails.push_back(mail);
    }
    return mails;
  }

  // Sends a request to the JSON interface of the server and returns the body of the
  // response. 'seconds' is how long the server may wait before it responds.
  std::string Request(const std::string &method, const std::string &where, const std::string &body = "", int seconds = 0) {
    const std::string url = URL(), scheme = "http://";
    const std::size_t slash = url.find('/', scheme.size());
    const std::string host = url.substr(scheme.size(), slash - scheme.size());
    std::ostringstream request;
    request << method << ' ' << url.substr(slash) << "api/" << where << " HTTP/1.0\r\nHost: " << host << "\r\n";
    if (!body.empty()) request << "Content-Type: application/json\r\nContent-Length: " << body.size() << "\r\n";
    request << "\r\n" << body;
    const std::string answer = detail::Exchange(host, request.str(), seconds + 30);
    const std::size_t end = answer.find("\r\n\r\n");
    if (answer.compare(0, 5, "HTTP/") != 0 || end == std::string::npos) throw TestServerError("csmtp-testserver does not answer: " + m_process.Output());
    const std::string length = "\r\nContent-Length: ";
    const std::size_t announced = answer.find(length);
    if (announced < end && std::to_string(answer.size() - end - 4) != answer.substr(announced + length.size(), answer.find("\r\n", announced + 2) - announced - length.size()))
      throw TestServerError("the response of csmtp-testserver is incomplete");
    const int status = std::atoi(answer.c_str() + answer.find(' '));
    const std::string octets = answer.substr(end + 4);
    if (status < 400) return octets;
    const detail::Json said = detail::Json::Parse(octets);
    if (!said["error"].text.empty()) throw TestServerError(said["error"].text);
    throw TestServerError(said["state"].text.empty() ? octets : "the script " + said["name"].text + " is still " + said["state"].text);
  }

  detail::TestProcess m_process;
  std::map<std::string, std::string> m_said;
};

}  // namespace csmtp

#endif
