// SPDX-License-Identifier: MIT
//
// queue.h: class Queue, a stream of NATS JetStream that holds mails until they are done.
#ifndef OUTBOX_QUEUE_H
#define OUTBOX_QUEUE_H

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nats/nats.h>

// A mail that the queue has delivered to this worker. If neither Ack nor Later is called, the queue
// delivers the mail again after the time 'redeliver' of class Queue.
class Delivery
{
public:
  Delivery(natsMsg *message, std::shared_ptr<natsSubscription> subscription)
      : m_subscription(std::move(subscription)), m_message(message, natsMsg_Destroy) {}
  // Header returns a header field of the NATS message, or "" if the message does not have the field.
  // Body returns the body of the message.
  std::string Header(const char *name) const;
  std::string Body() const { return std::string(natsMsg_GetData(m_message.get()), static_cast<size_t>(natsMsg_GetDataLength(m_message.get()))); }
  // Tells the queue that the mail is done, so that it is not delivered again.
  void Ack() { natsMsg_Ack(m_message.get(), nullptr); }
  // Makes the queue deliver the mail again after 'seconds', to any worker.
  void Later(long seconds) { natsMsg_NakWithDelay(m_message.get(), seconds * 1000, nullptr); }

private:
  std::shared_ptr<natsSubscription> m_subscription; // natsMsg_Ack uses it
  std::unique_ptr<natsMsg, void (*)(natsMsg *)> m_message;
};

// The connection of this process to the queue. Methods throw std::runtime_error. If the connection
// is lost, they connect again. They print an error only if it differs from the previous error.
class Queue
{
public:
  // Connects to a server, for example nats://127.0.0.1:4222, and makes the stream if it does not
  // exist. 'server' can also be the servers of a cluster, separated by commas: the queue then
  // connects to one of them. 'redeliver' is how many seconds the queue waits for Ack or Later. It
  // must be the same in all workers.
  Queue(const std::string &server, long redeliver);
  ~Queue();
  // Puts a mail in the queue. Returns when the queue has stored it. A mail with an id that
  // the queue has stored in the last two minutes is not stored again.
  void Put(const std::string &id, const std::string &to, const std::string &subject, const std::string &body);
  // Returns at most 'most' mails. If there is none, waits for one for at most a second.
  std::vector<std::shared_ptr<Delivery>> Get(int most);

private:
  void MakeStream();
  void Subscribe();
  void Report(const std::string &error);

  const long m_redeliver;
  natsConnection *m_connection = nullptr;
  jsCtx *m_stream = nullptr;
  std::shared_ptr<natsSubscription> m_subscription;
  std::string m_error; // the last error that was printed; "" after a success
};

#endif // OUTBOX_QUEUE_H
