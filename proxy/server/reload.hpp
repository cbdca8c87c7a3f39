#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "proxy/generation/load.hpp"
#include "proxy/sandbox/sandbox.hpp"

namespace countersign::proxy::server {

/// Loads again, on a thread of its own: neither a worker nor the main thread waits for key stores.
/// One load at a time; who asks while one runs gets another one after it. All of it but the loading
/// is the main thread's.
class Reload {
public:
    using Loaded = boost::system::result<
        std::shared_ptr<const generation::Generation>, generation::LoadProblems>;
    struct Outcome {
        bool whole;  ///< the configuration was read again, and not its key material alone
        Loaded loaded;
        /// Nothing was loaded: what could not be loaded is as it was before. With `whole` that is
        /// so of the configuration's file, too.
        bool put_back = false;
        std::chrono::milliseconds took{0};  ///< the load itself
        std::uint64_t number = 0;           ///< of the load
    };

    using Serving = std::shared_ptr<const generation::Generation>;

    /// `sandbox`: what would write where this process cannot is not loaded.
    /// `serving`: the generation that serves now. `done` gets what came of a load. Both on `main`'s
    /// thread.
    Reload(
        boost::asio::io_context& main, std::filesystem::path configuration,
        sandbox::Sandbox sandbox, std::function<Serving()> serving,
        std::function<void(Outcome)> done
    )
        : main_{main},
          serving_{std::move(serving)},
          done_{std::move(done)},
          loader_{std::make_shared<Loader>(std::move(configuration), std::move(sandbox))} {}
    ~Reload() { stop(); }
    Reload(const Reload&) = delete;
    Reload& operator=(const Reload&) = delete;

    /// Reads the configuration and everything that it names. The number of the load that does it.
    std::uint64_t request();
    /// Reads what the serving generation's configuration names, where its content has changed since
    /// that was read, and has come to rest; else nothing comes of it. The configuration itself is
    /// read, too, where it says that it is to be watched. A change that cannot be
    /// loaded is told once, and tried again by each look: what keeps it may pass, as time does.
    void look() { begin(Cause::look); }
    /// For how long a load has been running; nullopt: none runs.
    std::optional<std::chrono::seconds> runs_for() const;
    /// Nothing comes of the load that runs, and of later requests. Waits for that load, for a
    /// second at most. False where it was left behind: it may hang in a file.
    bool stop();

private:
    /// Why: somebody asks, or files may have changed.
    enum class Cause { asked, look };

    /// The loading thread's part, which lives on where that is left behind.
    class Loader {
    public:
        Loader(std::filesystem::path configuration, sandbox::Sandbox sandbox)
            : configuration_{std::move(configuration)}, sandbox_{std::move(sandbox)} {}

        std::shared_ptr<Outcome> load(Cause cause, const generation::Generation& before);
        /// The load is over; `then` is called unless a stop came first.
        void end(const std::function<void()>& then);
        /// Before the next load.
        void begin();
        /// Whether the load is over, within a time.
        bool stop(std::chrono::milliseconds patience);

    private:
        std::shared_ptr<Outcome> load_what_changed(const generation::Generation& before);
        std::shared_ptr<Outcome> note_put_back(const generation::Generation& before);
        /// Of all files whose change is a reason to load.
        /// What tells the content of the configuration's own files.
        std::string files_now(const generation::Generation& before) const;
        std::string state_now(const generation::Generation& before) const;
        Outcome load_whole(const generation::Generation& before) const;
        Outcome load_again(const generation::Generation& before) const;
        /// False where a stop ends it.
        bool pause(std::chrono::milliseconds time);

        const std::filesystem::path configuration_;
        const sandbox::Sandbox sandbox_;
        std::string told_;  ///< a state that could not be loaded, and was told

        std::mutex mutex_;
        std::condition_variable changed_;
        bool runs_ = false;
        bool stopped_ = false;
    };

    void begin(Cause cause);
    /// Has the main thread finish it.
    void tell(std::shared_ptr<Outcome> outcome);
    void finish(std::shared_ptr<Outcome> outcome);

    boost::asio::io_context& main_;
    const std::function<Serving()> serving_;
    const std::function<void(Outcome)> done_;
    const std::shared_ptr<Loader> loader_;
    bool stopped_ = false;
    bool left_behind_ = false;
    std::optional<std::chrono::steady_clock::time_point> loading_since_;
    std::uint64_t begun_ = 0;    ///< loads
    std::optional<Cause> next_;  ///< of the load after this one
    std::thread thread_;
};

}  // namespace countersign::proxy::server
