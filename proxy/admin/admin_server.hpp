#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "proxy/admin/admin_connection.hpp"
#include "proxy/admin/calls.hpp"
#include "proxy/admin/process_state.hpp"
#include "proxy/admin/recent_survey.hpp"
#include "proxy/admin/worker_survey.hpp"
#include "proxy/client/listening_socket.hpp"

namespace countersign::proxy::admin {

/// Where operators ask: an HTTP server with a thread of its own, so that neither exchanges nor a
/// load hold it up. All public functions are the main thread's. It outlives the workers, and is
/// stopped before they go.
class AdminServer {
public:
    struct Parts {
        std::vector<WorkerSurvey::Ask> workers;
        std::vector<RecentSurvey::Ask> recent;
        const log::AccessLog& access_log;
        const log::ProgramLog& program_log;
        Actions actions;
    };

    explicit AdminServer(Parts parts);
    ~AdminServer() { stop(); }
    AdminServer(const AdminServer&) = delete;
    AdminServer& operator=(const AdminServer&) = delete;

    using Opened = std::optional<client::ListeningSocket>;
    /// Opens the address of `next` where it is another one. Throws std::runtime_error with a
    /// sentence; an address that nobody has configured is a warning in the log instead.
    Opened open(const profiles::AdminRules& next);
    /// Closes an address that nobody has configured and one of these wants: they are about to open.
    void give_way(const std::vector<profiles::Listener>& listeners);
    /// From now on that is its address; `opened` is what `open` gave. Tells the log.
    void follow(const profiles::AdminRules& next, Opened opened);
    /// Where it is asked, or would be by those rules: nobody is to be led there as to a server.
    std::optional<profiles::ListenAddress> address(const profiles::AdminRules& rules) const;
    /// What it answers is of that state from now on.
    void publish(ProcessState state);
    /// The worker has no more to say.
    void worker_ended(std::size_t worker);
    /// Answers what it is being asked, for a second at most, and ends.
    void stop();

private:
    class Listening;

    /// On the admin thread, where there is one yet.
    template <class Work>
    void there(Work work);
    void close();
    void close_listening();

    ProcessState state_;  // of the admin thread, as all up to the thread
    AdminDesk desk_;      // outlives the connections, which the context holds
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> stays_{
        context_.get_executor()};
    WorkerSurvey survey_;
    RecentSurvey recent_;
    Calls calls_;
    std::shared_ptr<Listening> listening_;
    boost::asio::steady_timer last_answers_{context_};
    std::thread thread_;

    Opened socket_;  // of the main thread
    bool is_default_ = true;
    bool warned_ = false;
};

}  // namespace countersign::proxy::admin
