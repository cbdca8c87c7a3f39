#include "proxy/upstream/revocation/inquirer.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "profiles/units.hpp"
#include "proxy/upstream/revocation/judgement.hpp"

namespace countersign::proxy::upstream::revocation {

namespace {

/// A notice that may be woken from outside, as long as it is there.
class Waking {
public:
    explicit Waking(net::EventLoop& loop) : notice{loop} { wake->notice = &notice; }
    ~Waking() { wake->notice = nullptr; }
    Waking(const Waking&) = delete;
    Waking& operator=(const Waking&) = delete;

    net::Notice notice;
    const std::shared_ptr<Wake> wake = std::make_shared<Wake>();
};

}  // namespace

Inquirer::Inquirer(
    net::EventLoop& loop, Service& service, const addresses::OwnEndpoints& own_endpoints,
    Inbox::OnRevoked on_revoked
)
    : loop_{loop},
      service_{service},
      own_endpoints_{own_endpoints},
      inbox_{std::make_shared<Inbox>(loop, std::move(on_revoked))} {
    service_.subscribe(inbox_);
}

Inquirer::~Inquirer() { inbox_->close(); }

net::Task<Inquirer::Found> Inquirer::ask(
    tls::RevocationQuestions questions, profiles::RevocationRule rule,
    const addresses::OriginRules& rules, net::TimePoint deadline
) {
    const bool hard = rule == profiles::RevocationRule::hard;
    Found found;
    for (;;) {
        Waking waking{loop_};
        std::vector<SharedAnswer> answers;
        for (const tls::RevocationQuestion& one : *questions) {
            // Its owner is the whole list.
            const std::shared_ptr<const tls::RevocationQuestion> question{questions, &one};
            Waiter waiter;
            if (hard) waiter = {inbox_, waking.wake};
            answers.push_back(
                service_.ask(question, rules.addresses, own_endpoints_, std::move(waiter))
            );
        }
        if (auto finding = judge(*questions, answers, rule)) {
            found.finding = std::move(*finding);
            co_return found;
        }
        const net::Wait wait = co_await waking.notice.wait(deadline);
        if (wait == net::Wait::cancelled) {
            found.status = net::IoStatus::cancelled;
            co_return found;
        }
        if (wait == net::Wait::timed_out) {
            const std::string limit =
                profiles::duration_text(rules.timeouts.handshake) + " (timeouts.handshake)";
            found.finding = judge_late(*questions, answers, limit);
            co_return found;
        }
    }
}

}  // namespace countersign::proxy::upstream::revocation
