#include "proxy/admin/probes.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <deque>
#include <string>
#include <utility>

#include "certs/printable.hpp"
#include "proxy/admin/await.hpp"
#include "proxy/admin/json_document.hpp"
#include "proxy/admin/probe_document.hpp"
#include "proxy/admin/probe_run.hpp"
#include "proxy/admin/question_body.hpp"
#include "proxy/log/log.hpp"

namespace countersign::proxy::admin {

namespace {

namespace json = boost::json;
using boost::asio::awaitable;

/// How long nothing is said: what is said then tells whether somebody listens.
constexpr auto kSilence = std::chrono::seconds{1};
constexpr std::string_view kStillHere = ": it goes on\n\n";

/// What a probe has told, and nobody has been sent yet. Of the admin thread.
struct Told {
    explicit Told(boost::asio::io_context& context) : timer{context} {}

    std::deque<std::string> events;
    bool ended = false;
    boost::asio::steady_timer timer;
};

/// Gives events of another thread to who waits for them, if he still does.
class Teller {
public:
    Teller(boost::asio::io_context& context, std::weak_ptr<Told> told)
        : context_{context}, told_{std::move(told)} {}

    void tell(std::string event) const {
        boost::asio::post(context_, [told = told_, event = std::move(event)]() mutable {
            const auto here = told.lock();
            if (!here) return;
            here->events.push_back(std::move(event));
            here->timer.cancel();
        });
    }
    void end() const {
        boost::asio::post(context_, [told = told_] {
            const auto here = told.lock();
            if (!here) return;
            here->ended = true;
            here->timer.cancel();
        });
    }

private:
    boost::asio::io_context& context_;
    std::weak_ptr<Told> told_;
};

std::string event_text(std::string_view name, const json::object& data) {
    return "event: " + std::string{name} + "\ndata: " + json::serialize(data) + "\n\n";
}

/// Ends the probe where nobody listens any more.
class ProbeEvents final : public EventSource {
public:
    ProbeEvents(std::shared_ptr<ProbeRun> run, std::shared_ptr<Told> told, Probes::Refuse refusal)
        : run_{std::move(run)}, told_{std::move(told)}, refusal_{std::move(refusal)} {}
    ~ProbeEvents() override { run_->cancel(); }
    ProbeEvents(const ProbeEvents&) = delete;
    ProbeEvents& operator=(const ProbeEvents&) = delete;

    awaitable<std::string> next() override {
        if (refused_) co_return std::string{};
        if (told_->events.empty() && !told_->ended) {
            told_->timer.expires_after(kSilence);
            co_await told_->timer.async_wait(kAwait);
        }
        if (const auto refusal = refusal_()) {
            refused_ = true;
            run_->cancel();
            co_return event_text("refused", {{"text", json_text(refusal->reason)}});
        }
        if (told_->events.empty()) {
            co_return told_->ended ? std::string{} : std::string{kStillHere};
        }
        std::string event = std::move(told_->events.front());
        told_->events.pop_front();
        co_return event;
    }

private:
    const std::shared_ptr<ProbeRun> run_;
    const std::shared_ptr<Told> told_;
    const Probes::Refuse refusal_;
    bool refused_ = false;
};

}  // namespace

Probes::~Probes() {
    for (const auto& one : runs_) {
        if (const auto run = one.lock()) run->cancel();
    }
    threads_.join();
}

Answer Probes::begin(const Call& call, const Caller& caller, Refuse refusal) {
    const auto asked = probe_in(call.body);
    if (!asked) return problem(400, asked.error());
    const std::string& url = asked->question.asked.url;
    auto destination = explain::find_destination(state_.generation, asked->question);
    if (!destination) {
        explain::NoDestination why = std::move(destination).error();
        if (why.refusal) return document(refusal_document(url, *why.refusal));
        return problem(400, why.wrong);
    }
    std::erase_if(runs_, [](const auto& one) { return one.expired(); });
    if (runs_.size() >= kMost) {
        return problem(429, "Others probe just now. Try again in a moment.");
    }
    log::info(
        "console: probe of {}:{} by {} from {}", certs::printable(destination->terms.host),
        destination->terms.port, caller.who,
        caller.is_unix ? "unix socket" : caller.address.to_text()
    );
    const auto told = std::make_shared<Told>(context_);
    const Teller teller{context_, told};
    const auto run = std::make_shared<ProbeRun>(
        state_.generation, url, std::move(*destination), asked->draft,
        [teller](std::string_view event, const json::object& data) {
            teller.tell(event_text(event, data));
        }
    );
    runs_.emplace_back(run);
    boost::asio::post(threads_, [run, teller] {
        try {
            run->run();
        } catch (...) {
            log::escaped("a probe", std::current_exception());
        }
        teller.end();
    });
    Answer answer;
    answer.type = "text/event-stream";
    answer.events = std::make_unique<ProbeEvents>(run, told, std::move(refusal));
    return answer;
}

}  // namespace countersign::proxy::admin
