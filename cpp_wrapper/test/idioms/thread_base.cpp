// `class Job : public Thread, public CSmtp`, where `Thread` has `Wait` and `Cancel`, with `using Thread::Wait` and `using Thread::Cancel` | sends; needs no `using`
#include "CSmtp.h"
#include "prepare.h"

class Thread {
 public:
  virtual ~Thread() {}
  virtual void Run() = 0;
  void Start() { Run(); }
  void Wait() { m_waited = true; }
  void Cancel() {}
  bool m_waited = false;
};

class Job : public Thread, public CSmtp {
 public:
  using Thread::Cancel;
  using Thread::Wait;
  void Run() { Send(); }
};

int main(int, char **argv) {
  Job job;
  Prepare(job, argv, "thread_base");
  job.Start();
  job.Wait();
  job.Cancel();
  return !job.m_waited;
}
