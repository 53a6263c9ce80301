// SPDX-License-Identifier: MIT
#include "queue.h"

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <thread>

namespace
{
const int64_t second = 1000 * 1000 * 1000; // in nanoseconds

const char stream_name[] = "OUTBOX", subject_name[] = "outbox.mail", consumer_name[] = "workers";

// Returns an error text that says which call failed, and why.
std::string Text(natsStatus status, const char *what)
{
  const char *detail = nats_GetLastError(nullptr); // the text of the last error of this thread
  return std::string("NATS: ") + what + ": " + natsStatus_GetText(status) + (detail != nullptr && *detail != '\0' ? std::string(": ") + detail : "");
}

void Check(natsStatus status, const char *what)
{
  if (status != NATS_OK) throw std::runtime_error(Text(status, what));
}
} // namespace

std::string Delivery::Header(const char *name) const
{
  const char *value = nullptr;
  return natsMsgHeader_Get(m_message.get(), name, &value) == NATS_OK ? value : "";
}

Queue::Queue(const std::string &server, long redeliver) : m_redeliver(redeliver)
{
  natsOptions *options = nullptr;
  Check(natsOptions_Create(&options), "options");
  const std::unique_ptr<natsOptions, void (*)(natsOptions *)> owned(options, natsOptions_Destroy);
  std::vector<std::string> names(1);
  for (char c : server) {
    if (c == ',') names.emplace_back();
    else names.back() += c;
  }
  std::vector<const char *> servers;
  for (const std::string &name : names) servers.push_back(name.c_str());
  natsOptions_SetServers(options, servers.data(), static_cast<int>(servers.size()));
  natsOptions_SetMaxReconnect(options, -1);
  natsOptions_SetReconnectWait(options, 200);
  natsStatus status;
  while ((status = natsConnection_Connect(&m_connection, options)) != NATS_OK) { // the server may still be starting
    Report(Text(status, "connect"));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  m_error.clear();
  Check(natsConnection_JetStream(&m_stream, m_connection, nullptr), "JetStream");
  MakeStream();
}

Queue::~Queue()
{
  m_subscription.reset();
  jsCtx_Destroy(m_stream);
  natsConnection_Destroy(m_connection);
}

void Queue::Report(const std::string &error)
{
  if (error != m_error) std::cerr << error << "\n";
  m_error = error;
}

void Queue::MakeStream()
{
  const char *subjects[] = {subject_name};
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  config.Name = stream_name;
  config.Subjects = subjects;
  config.SubjectsLen = 1;
  config.Storage = js_FileStorage;
  // The stream removes each mail after a week, even a mail that was not delivered. The consumer
  // knows which mails are done. (With js_WorkQueuePolicy, Ack would remove the mail from the
  // stream. But if nats-server 2.9 were killed, some mails that are done would remain in the stream
  // for ever.)
  config.MaxAge = 7 * 24 * 3600 * second;
  jsStreamInfo *info = nullptr;
  natsStatus status;
  // Repeat the call: it fails if another process makes the same stream at the same time.
  for (int i = 0; i < 100; i++) {
    status = js_GetStreamInfo(&info, m_stream, stream_name, nullptr, nullptr);
    if (status != NATS_OK) status = js_AddStream(&info, m_stream, &config, nullptr, nullptr);
    if (status == NATS_OK) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  Check(status, "make the stream");
  jsStreamInfo_Destroy(info);
}

void Queue::Put(const std::string &id, const std::string &to, const std::string &subject, const std::string &body)
{
  natsMsg *message = nullptr;
  Check(natsMsg_Create(&message, subject_name, nullptr, body.data(), static_cast<int>(body.size())), "message");
  const std::unique_ptr<natsMsg, void (*)(natsMsg *)> owned(message, natsMsg_Destroy);
  natsMsgHeader_Set(message, "Id", id.c_str());
  natsMsgHeader_Set(message, "To", to.c_str());
  natsMsgHeader_Set(message, "Subject", subject.c_str());
  jsPubOptions options;
  jsPubOptions_Init(&options);
  options.MsgId = id.c_str();
  options.MaxWait = 2000;
  // If the server does not confirm that it has stored the mail, try again. If the server
  // has stored the mail nevertheless, it does not store a second mail with the same id.
  natsStatus status;
  while ((status = js_PublishMsg(nullptr, m_stream, message, &options, nullptr)) != NATS_OK) {
    Report(Text(status, "store a mail"));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  m_error.clear();
}

void Queue::Subscribe()
{
  jsSubOptions options;
  jsSubOptions_Init(&options);
  options.Stream = stream_name;
  options.Config.AckPolicy = js_AckExplicit;
  options.Config.AckWait = m_redeliver * second;
  options.Config.MaxAckPending = 10000;
  natsSubscription *subscription = nullptr;
  Check(js_PullSubscribe(&subscription, m_stream, subject_name, consumer_name, nullptr, &options, nullptr), "subscribe");
  m_subscription.reset(subscription, natsSubscription_Destroy);
}

std::vector<std::shared_ptr<Delivery>> Queue::Get(int most)
{
  std::vector<std::shared_ptr<Delivery>> mails;
  natsMsgList list = {nullptr, 0};
  try {
    if (!m_subscription) Subscribe();
    const natsStatus status = natsSubscription_Fetch(&list, m_subscription.get(), most, 1000, nullptr);
    if (status != NATS_OK && status != NATS_TIMEOUT) Check(status, "fetch");
    m_error.clear();
  } catch (const std::runtime_error &e) { // no server is running, or the consumer has another AckWait
    Report(e.what());
    m_subscription.reset();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  for (int i = 0; i < list.Count; i++) {
    mails.push_back(std::make_shared<Delivery>(list.Msgs[i], m_subscription));
    list.Msgs[i] = nullptr; // Delivery owns the message now, so the list must not destroy it
  }
  natsMsgList_Destroy(&list);
  return mails;
}
