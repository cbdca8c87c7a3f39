#include "proxy/server/reload.hpp"

#include <boost/asio/post.hpp>
#include <utility>
#include <vector>

#include "proxy/generation/key_material_files.hpp"
#include "proxy/generation/lost_profiles.hpp"

namespace countersign::proxy::server {

namespace {

/// Files that change have come to rest when they are the same for so long.
constexpr auto kRest = std::chrono::milliseconds{100};
/// How long a pair of files of which one has changed may wait for the other. Nothing is told
/// before.
constexpr auto kHalfAPair = std::chrono::seconds{2};

Reload::Loaded checked(Reload::Loaded loaded, const generation::Generation& before) {
    if (!loaded) return loaded;
    std::vector<std::string> lost =
        generation::lost_profiles(before, **loaded, std::chrono::system_clock::now());
    if (lost.empty()) return loaded;
    return generation::LoadProblems{std::move(lost)};
}

}  // namespace

void Reload::begin(Cause cause) {
    if (stopped_) return;
    if (loading_) {
        if (next_ != Cause::asked) next_ = cause;
        return;
    }
    loading_ = true;
    if (thread_.joinable()) thread_.join();  // it has nothing to do any more
    thread_ = std::thread{[this, cause, before = serving_()]() mutable {
        std::shared_ptr<Outcome> outcome = load(cause, *before);
        before.reset();
        boost::asio::post(main_, [this, outcome = std::move(outcome)] { finish(outcome); });
    }};
}

void Reload::finish(std::shared_ptr<Outcome> outcome) {
    if (stopped_) return;
    loading_ = false;
    if (outcome != nullptr) done_(std::move(*outcome));
    if (const auto cause = std::exchange(next_, std::nullopt)) begin(*cause);
}

std::shared_ptr<Reload::Outcome> Reload::load(Cause cause, const generation::Generation& before) {
    if (cause == Cause::key_material) return load_key_material(before);
    told_.clear();
    return std::make_shared<Outcome>(Outcome{
        cause, checked(generation::load(configuration_, &before), before)});
}

std::shared_ptr<Reload::Outcome> Reload::load_key_material(const generation::Generation& before) {
    const auto state_now = [&before] {
        return generation::key_material_state(before.configuration());
    };
    const auto give_up = std::chrono::steady_clock::now() + kHalfAPair;
    std::string state = state_now();
    for (;;) {
        if (state == before.state() || state == told_) return nullptr;
        if (!pause(kRest)) return nullptr;
        std::string later = state_now();
        const bool rests = later == state;
        const bool patient = std::chrono::steady_clock::now() < give_up;
        state = std::move(later);
        if (!rests && patient) continue;
        auto fresh = generation::Generation::load(before.configuration(), &before);
        Loaded loaded = fresh ? Loaded{std::move(*fresh)}
                              : Loaded{generation::LoadProblems{std::move(fresh).error()}};
        loaded = checked(std::move(loaded), before);
        if (!loaded && patient) continue;
        told_ = loaded ? std::string{} : state;
        return std::make_shared<Outcome>(Outcome{Cause::key_material, std::move(loaded)});
    }
}

bool Reload::pause(std::chrono::milliseconds time) {
    std::unique_lock lock{mutex_};
    return !changed_.wait_for(lock, time, [this] { return stopped_; });
}

void Reload::stop() {
    {
        const std::lock_guard lock{mutex_};
        stopped_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

}  // namespace countersign::proxy::server
