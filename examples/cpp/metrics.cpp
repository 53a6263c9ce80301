// SPDX-License-Identifier: MIT
// metrics FILE MAILS SERVER PORT [SERVER PORT]...: sends mails over a pool of relays, counts
// the events of the pool, and writes the sums to FILE in Prometheus's text format, for
// example into the folder of node_exporter's textfile collector. If FILE is "-", prints the
// sums.
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#define CSMTP_STRICT // removes "using namespace std" from csmtp's headers
#include "csmtp_pool.h"

// Returns a label of a time series: name="value".
static std::string Label(const char *name, const std::string &value) {
  std::string text = std::string(name) + "=\"";
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  return text + '"';
}

// A histogram of durations in seconds.
class Histogram {
 public:
  Histogram() : m_counts(Limits().size() + 1), m_sum(0) {}
  void Add(int64_t microseconds) {
    const double seconds = static_cast<double>(microseconds) / 1e6;
    size_t i = 0;
    while (i < Limits().size() && seconds > Limits()[i]) i++;
    m_counts[i]++;
    m_sum += seconds;
  }
  void Write(std::ostream &out, const std::string &name, const std::string &labels) const {
    unsigned long total = 0;
    for (size_t i = 0; i < m_counts.size(); i++) {
      total += m_counts[i];
      char limit[32] = "+Inf";
      if (i < Limits().size()) snprintf(limit, sizeof limit, "%g", Limits()[i]);
      out << name << "_bucket{" << labels << "," << Label("le", limit) << "} " << total << "\n";
    }
    out << name << "_sum{" << labels << "} " << m_sum << "\n";
    out << name << "_count{" << labels << "} " << total << "\n";
  }

 private:
  static const std::vector<double> &Limits() {
    static const std::vector<double> limits{0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 300};
    return limits;
  }
  std::vector<unsigned long> m_counts;
  double m_sum;
};

// The sums of the events. The callback updates them, and another thread can write them to a file
// at the same time.
class Metrics {
 public:
  void Count(const CSmtpEvent &event) {
    std::lock_guard<std::mutex> lock(m_mutex);
    const std::string relay = Label("relay", event.relay == UINT_MAX ? "none" : event.name);
    switch (event.kind) {
      case CSMTP_EVENT_CONNECTED:
        m_opened[relay]++;
        m_closed[relay]; // starts at 0: the collector needs both counters to compute their difference
        break;
      case CSMTP_EVENT_DISCONNECTED: m_closed[relay]++; break;
      case CSMTP_EVENT_NOT_CONNECTED: m_failures[relay + "," + Label("error", std::to_string(event.error))]++; break;
      case CSMTP_EVENT_LOGIN: m_logins[relay + "," + Label("result", "accepted")]++; break;
      case CSMTP_EVENT_LOGIN_FAILED: m_logins[relay + "," + Label("result", "failed")]++; break;
      case CSMTP_EVENT_READY: m_setup[relay].Add(event.total); break;
      case CSMTP_EVENT_SENT: Ended(event, relay, "sent"); break;
      case CSMTP_EVENT_REFUSED: Ended(event, relay, "refused"); break;
      case CSMTP_EVENT_DOUBT: Ended(event, relay, "doubt"); break;
      case CSMTP_EVENT_FAILED: Ended(event, relay, "failed"); break;
      case CSMTP_EVENT_RETRY: m_retries[relay + "," + Label("error", std::to_string(event.error))]++; break;
      case CSMTP_EVENT_PAUSED: m_paused[relay] = 1; break;
      case CSMTP_EVENT_RESUMED: m_paused[relay] = 0; break;
      default: break; // a later version of the library can have more events
    }
  }
  void Write(std::ostream &out) {
    std::lock_guard<std::mutex> lock(m_mutex);
    out.precision(17);
    Write(out, "csmtp_mails_total", "counter", "Mails that were sent, were refused, are in doubt or failed.", m_mails);
    Write(out, "csmtp_octets_total", "counter", "Octets of the messages that were sent.", m_octets);
    Write(out, "csmtp_retries_total", "counter", "Attempts that failed because of the relay.", m_retries);
    Write(out, "csmtp_connections_opened_total", "counter", "Connections that were opened.", m_opened);
    Write(out, "csmtp_connections_closed_total", "counter", "Connections that have ended.", m_closed);
    Write(out, "csmtp_connection_failures_total", "counter", "Connections that could not be opened.", m_failures);
    Write(out, "csmtp_logins_total", "counter", "Logins.", m_logins);
    Write(out, "csmtp_relay_paused", "gauge", "1 if the relay gets no mails after a failure.", m_paused);
    Write(out, "csmtp_mail_duration_seconds", "From the submission of a mail to its result.", m_durations);
    Write(out, "csmtp_mail_reply_seconds", "From the last octet of a mail to the reply.", m_replies);
    Write(out, "csmtp_session_setup_seconds", "From the look-up of the server to the end of the login.", m_setup);
  }

 private:
  typedef std::map<std::string, int64_t> Series; // the keys are the labels
  typedef std::map<std::string, Histogram> Histograms;

  void Ended(const CSmtpEvent &event, const std::string &relay, const char *result) {
    m_mails[relay + "," + Label("result", result)]++;
    m_durations[relay].Add(event.total);
    m_octets[relay] += event.octets;
    if (event.reply > 0) m_replies[relay].Add(event.reply);
  }
  static void Head(std::ostream &out, const char *name, const char *type, const char *help) {
    out << "# HELP " << name << " " << help << "\n# TYPE " << name << " " << type << "\n";
  }
  static void Write(std::ostream &out, const char *name, const char *type, const char *help, const Series &series) {
    Head(out, name, type, help);
    for (const auto &one : series) out << name << "{" << one.first << "} " << one.second << "\n";
  }
  static void Write(std::ostream &out, const char *name, const char *help, const Histograms &histograms) {
    Head(out, name, "histogram", help);
    for (const auto &one : histograms) one.second.Write(out, name, one.first);
  }

  std::mutex m_mutex;
  Series m_mails, m_octets, m_retries, m_opened, m_closed, m_failures, m_logins, m_paused;
  Histograms m_durations, m_replies, m_setup;
};

// Writes the sums to a file. The file is complete at all times, because it is first written under
// another name and then renamed.
static bool WriteFile(Metrics &metrics, const std::string &path) {
  if (path == "-") {
    metrics.Write(std::cout);
    return true;
  }
  const std::string draft = path + ".new"; // the collector reads only names that end in .prom
  std::ofstream out(draft.c_str());
  metrics.Write(out);
  out.close();
  return out && rename(draft.c_str(), path.c_str()) == 0;
}

int main(int argc, char *argv[]) {
  if (argc < 5 || argc % 2 == 0) {
    fprintf(stderr, "usage: metrics FILE MAILS SERVER PORT [SERVER PORT]...\n");
    return 2;
  }
  Metrics metrics; // outlives the pool, which reports the end of its connections
  try {
    CSmtpPool pool;
    pool.SetEventCallback([&metrics](const CSmtpEvent &event) { metrics.Count(event); });
    for (int i = 3; i < argc; i += 2) {
      CSmtp relay;
      relay.SetSMTPServer(argv[i], static_cast<unsigned short>(atoi(argv[i + 1])), false);
      pool.AddRelay(relay);
    }
    CSmtp mail;
    mail.SetSenderMail("alice@test.example");
    mail.AddRecipient("bob@test.example");
    mail.SetSubject("Many mails");
    mail.AddMsgLine("Hello.");
    for (int i = atoi(argv[2]); i > 0; i--) pool.Submit(mail);
    while (!pool.Drain(10000)) WriteFile(metrics, argv[1]); // every ten seconds
  } catch (const ECSmtp &e) {
    fprintf(stderr, "%d: %s\n", e.GetErrorNum(), e.GetErrorText().c_str());
    return 1;
  }
  if (WriteFile(metrics, argv[1])) return 0;
  perror(argv[1]);
  return 1;
}
