#include "proxy/server/reload.hpp"

#include <boost/asio/post.hpp>
#include <exception>
#include <utility>
#include <vector>

#include "certs/content_state.hpp"
#include "proxy/generation/configuration_files.hpp"
#include "proxy/generation/key_material_files.hpp"
#include "proxy/generation/lost_profiles.hpp"
#include "proxy/log/log.hpp"
#include "proxy/server/renewal_trial.hpp"

namespace countersign::proxy::server {

namespace {

/// Files that change have come to rest when they are the same for so long.
constexpr auto kRest = std::chrono::milliseconds{100};
/// How long a pair of files of which one has changed may wait for the other. Nothing is told
/// before.
constexpr auto kHalfAPair = std::chrono::seconds{2};
/// How long a stop waits for the load that runs.
constexpr auto kPatience = std::chrono::seconds{1};

Reload::Loaded checked(Reload::Loaded loaded, const generation::Generation& before) {
    if (!loaded) return loaded;
    std::vector<std::string> lost =
        generation::lost_profiles(before, **loaded, std::chrono::system_clock::now());
    if (lost.empty()) return loaded;
    return generation::LoadProblems{std::move(lost)};
}

/// Without the renewed identities that their servers do not take.
generation::Vet vet_against(const generation::Generation& before) {
    return [&before](const generation::Generation& next) { return refused_renewals(before, next); };
}

template <class Load>
Reload::Outcome timed(Load load) {
    const auto start = std::chrono::steady_clock::now();
    Reload::Outcome outcome = load();
    const auto took = std::chrono::steady_clock::now() - start;
    outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(took);
    return outcome;
}

/// Of an exception that is being handled. Who asked for the load is told that nothing came of it.
std::shared_ptr<Reload::Outcome> escaped(bool is_asked_for) {
    log::escaped("a load", std::current_exception());
    if (!is_asked_for) return nullptr;
    return std::make_shared<Reload::Outcome>(Reload::Outcome{
        true, generation::LoadProblems{{"The load ended by an exception."}}});
}

}  // namespace

std::uint64_t Reload::request() {
    const std::uint64_t next = begun_ + 1;
    begin(Cause::asked);
    return next;
}

void Reload::begin(Cause cause) {
    if (stopped_) return;
    if (loading_since_) {
        if (next_ != Cause::asked) next_ = cause;
        return;
    }
    loading_since_ = std::chrono::steady_clock::now();
    ++begun_;
    if (thread_.joinable()) thread_.join();  // it has nothing to do any more
    loader_->begin();
    try {
        thread_ = std::thread{[this, loader = loader_, cause, before = serving_()]() mutable {
            std::shared_ptr<Outcome> outcome;
            try {
                outcome = loader->load(cause, *before);
            } catch (...) {
                outcome = escaped(cause == Cause::asked);
            }
            before.reset();
            loader->end([this, &outcome] { tell(std::move(outcome)); });
        }};
    } catch (...) {  // no thread is left, or no memory; the next load may have it
        loader_->end([this, cause] { tell(escaped(cause == Cause::asked)); });
    }
}

void Reload::tell(std::shared_ptr<Outcome> outcome) {
    boost::asio::post(main_, [this, outcome = std::move(outcome)] { finish(outcome); });
}

void Reload::finish(std::shared_ptr<Outcome> outcome) {
    if (stopped_) return;
    loading_since_.reset();
    const auto next = std::exchange(next_, std::nullopt);
    std::exception_ptr thrown;
    if (outcome != nullptr) {
        outcome->number = begun_;
        try {
            done_(std::move(*outcome));
        } catch (...) {
            thrown = std::current_exception();
        }
    }
    if (next) begin(*next);  // whatever came of this one
    if (thrown) std::rethrow_exception(thrown);
}

std::optional<std::chrono::seconds> Reload::runs_for() const {
    if (!loading_since_) return std::nullopt;
    const auto time = std::chrono::steady_clock::now() - *loading_since_;
    return std::chrono::duration_cast<std::chrono::seconds>(time);
}

bool Reload::stop() {
    stopped_ = true;
    if (!thread_.joinable()) return !left_behind_;
    left_behind_ = !loader_->stop(kPatience);
    left_behind_ ? thread_.detach() : thread_.join();
    return !left_behind_;
}

std::shared_ptr<Reload::Outcome> Reload::Loader::load(
    Cause cause, const generation::Generation& before
) {
    if (cause == Cause::look) return load_what_changed(before);
    std::string state = state_now(before);
    Outcome outcome = timed([&] { return load_whole(before); });
    // The same text is not looked at again, and its folders may have been made anew. A renewal that
    // nobody has asked for needs none of them, and is taken.
    if (outcome.loaded) {
        auto objections = sandbox_.objections((*outcome.loaded)->configuration());
        if (!objections.empty())
            outcome.loaded = generation::LoadProblems{std::move(objections), {}};
    }
    told_ = outcome.loaded ? std::string{} : std::move(state);
    return std::make_shared<Outcome>(std::move(outcome));
}

std::shared_ptr<Reload::Outcome> Reload::Loader::load_what_changed(
    const generation::Generation& before
) {
    const std::string served = before.file_state() + '\n' + before.state();
    const auto give_up = std::chrono::steady_clock::now() + kHalfAPair;
    std::string state = state_now(before);
    for (;;) {
        // A renewed identity that was refused may be taken now.
        const bool tries_again = state == served && told_.empty() && !before.held_back().empty();
        if (state == served && !tries_again) return note_put_back(before);
        if (!pause(kRest)) return nullptr;
        std::string later = state_now(before);
        const bool rests = later == state;
        state = std::move(later);
        const bool patient = state != told_ && std::chrono::steady_clock::now() < give_up;
        if (!rests && patient) continue;
        Outcome outcome = timed([&] { return load_again(before); });
        if (!outcome.loaded && patient) continue;
        if (!outcome.loaded && state == told_) return nullptr;
        if (tries_again && outcome.loaded && (*outcome.loaded)->held_back() == before.held_back()) {
            return nullptr;
        }
        told_ = outcome.loaded ? std::string{} : state;
        return std::make_shared<Outcome>(std::move(outcome));
    }
}

std::shared_ptr<Reload::Outcome> Reload::Loader::note_put_back(const generation::Generation& before
) {
    if (std::exchange(told_, {}).empty()) return nullptr;
    const bool whole = files_now(before) == before.file_state();
    return std::make_shared<Outcome>(Outcome{whole, nullptr, true});
}

std::string Reload::Loader::files_now(const generation::Generation& before) const {
    return certs::content_state_of(
        generation::configuration_files(configuration_, &before.configuration())
    );
}

std::string Reload::Loader::state_now(const generation::Generation& before) const {
    const bool whole = before.configuration().watch_configuration;
    const std::string file = whole ? files_now(before) : before.file_state();
    certs::ContentStates states;
    return file + '\n' + generation::key_material_state(before.configuration(), states);
}

Reload::Outcome Reload::Loader::load_whole(const generation::Generation& before) const {
    const auto prelude = [this](const profiles::Configuration& next) {
        return sandbox_.objections(next);
    };
    return {
        true,
        checked(generation::load(configuration_, &before, vet_against(before), prelude), before)};
}

Reload::Outcome Reload::Loader::load_again(const generation::Generation& before) const {
    if (before.configuration().watch_configuration) return load_whole(before);
    auto fresh = generation::Generation::load(
        before.configuration(), &before, before.file_state(), vet_against(before)
    );
    Loaded loaded = fresh ? Loaded{std::move(*fresh)}
                          : Loaded{generation::LoadProblems{std::move(fresh).error()}};
    return {false, checked(std::move(loaded), before)};
}

void Reload::Loader::begin() {
    const std::lock_guard lock{mutex_};
    runs_ = true;
}

void Reload::Loader::end(const std::function<void()>& then) {
    const std::lock_guard lock{mutex_};
    runs_ = false;
    if (!stopped_) then();
    changed_.notify_all();
}

bool Reload::Loader::stop(std::chrono::milliseconds patience) {
    std::unique_lock lock{mutex_};
    stopped_ = true;
    changed_.notify_all();
    return changed_.wait_for(lock, patience, [this] { return !runs_; });
}

bool Reload::Loader::pause(std::chrono::milliseconds time) {
    std::unique_lock lock{mutex_};
    return !changed_.wait_for(lock, time, [this] { return stopped_; });
}

}  // namespace countersign::proxy::server
