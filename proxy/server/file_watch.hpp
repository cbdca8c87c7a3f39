#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "proxy/net/unique_fd.hpp"

namespace countersign::proxy::server {

/// Says that files may have changed, by inotify. Whether anything is different is for who is told
/// to find out; and files on a network tell nothing, so that somebody has to look from time to time
/// anyway. Ends with `stop`, or when it goes.
class FileWatch {
public:
    /// `changed` is called on `context`'s thread, once for what happens within a moment.
    FileWatch(boost::asio::io_context& context, std::function<void()> changed);
    FileWatch(const FileWatch&) = delete;
    FileWatch& operator=(const FileWatch&) = delete;
    ~FileWatch();

    /// These from now on, as their links are now. Files need not be there.
    void follow(std::vector<std::filesystem::path> files);
    /// As the links of the same files are now.
    void follow_links();
    void stop();

private:
    void wait();
    void stop_waiting();
    void look_soon();
    /// Whether any of what has come concerns a watched name.
    bool read_events();
    void tell_shortage();

    const std::function<void()> changed_;
    boost::asio::io_context& context_;
    net::UniqueFd inotify_;
    /// While it is waited for: else each event would wake the thread.
    std::optional<boost::asio::posix::stream_descriptor> waiting_;
    boost::asio::steady_timer soon_;
    std::vector<std::filesystem::path> files_;
    /// By inotify's number, which several paths of one directory share: names in it.
    std::map<int, std::set<std::string>> directories_;
    bool is_short_ = false;  ///< of watches, and that is told
};

}  // namespace countersign::proxy::server
