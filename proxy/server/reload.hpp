#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "proxy/generation/load.hpp"

namespace countersign::proxy::server {

/// Loads again, on a thread of its own: neither a worker nor the main thread waits for key stores.
/// One load at a time; who asks while one runs gets another one after it. All of it but the loading
/// is the main thread's.
class Reload {
public:
    /// Why: somebody asks, or the files of the key material may have changed.
    enum class Cause { asked, key_material };
    using Loaded = boost::system::result<
        std::shared_ptr<const generation::Generation>, generation::LoadProblems>;
    struct Outcome {
        Cause cause;
        Loaded loaded;
    };

    using Serving = std::shared_ptr<const generation::Generation>;

    /// `serving`: the generation that serves now. `done` gets what came of a load. Both on `main`'s
    /// thread.
    Reload(
        boost::asio::io_context& main, std::filesystem::path configuration,
        std::function<Serving()> serving, std::function<void(Outcome)> done
    )
        : main_{main},
          configuration_{std::move(configuration)},
          serving_{std::move(serving)},
          done_{std::move(done)} {}
    ~Reload() { stop(); }
    Reload(const Reload&) = delete;
    Reload& operator=(const Reload&) = delete;

    /// Reads the configuration and everything that it names.
    void request() { begin(Cause::asked); }
    /// Reads what the serving generation's configuration names, where its content has changed since
    /// that was read, and has come to rest; else nothing comes of it. A change that cannot be
    /// loaded is told once.
    void look() { begin(Cause::key_material); }
    /// Waits for the load that runs; nothing comes of it, and of later requests.
    void stop();

private:
    void begin(Cause cause);
    void finish(std::shared_ptr<Outcome> outcome);
    std::shared_ptr<Outcome> load(Cause cause, const generation::Generation& before);
    std::shared_ptr<Outcome> load_key_material(const generation::Generation& before);
    /// False where a stop ends it.
    bool pause(std::chrono::milliseconds time);

    boost::asio::io_context& main_;
    const std::filesystem::path configuration_;
    const std::function<Serving()> serving_;
    const std::function<void(Outcome)> done_;
    bool loading_ = false;
    std::optional<Cause> next_;  ///< of the load after this one
    std::thread thread_;

    std::string told_;  ///< the loading thread's: a state that could not be loaded, and was told

    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopped_ = false;
};

}  // namespace countersign::proxy::server
