#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <thread>

#include "proxy/generation/load.hpp"

namespace countersign::proxy::server {

/// Loads the configuration again when it is asked to, on a thread of its own: neither a worker nor
/// the main thread waits for key stores. One load at a time; who asks while one runs gets another
/// one after it. All of it but the loading is the main thread's.
class Reload {
public:
    using Outcome = boost::system::result<
        std::shared_ptr<const generation::Generation>, generation::LoadProblems>;

    /// `done` gets what came of it, on `main`'s thread.
    Reload(
        boost::asio::io_context& main, std::filesystem::path configuration,
        std::function<void(Outcome)> done
    )
        : main_{main}, configuration_{std::move(configuration)}, done_{std::move(done)} {}
    ~Reload() { stop(); }
    Reload(const Reload&) = delete;
    Reload& operator=(const Reload&) = delete;

    /// `before`: the generation that serves now.
    void request(std::shared_ptr<const generation::Generation> before);
    /// Waits for the load that runs; nothing comes of it, and of later requests.
    void stop();

private:
    void finish(Outcome outcome);

    boost::asio::io_context& main_;
    const std::filesystem::path configuration_;
    const std::function<void(Outcome)> done_;
    std::thread thread_;
    bool loading_ = false;
    bool again_ = false;
    bool stopped_ = false;
    std::shared_ptr<const generation::Generation> before_;
};

}  // namespace countersign::proxy::server
