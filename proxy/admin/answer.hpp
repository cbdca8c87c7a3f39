#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "certs/edit/edit_error.hpp"
#include "proxy/admin/admission.hpp"

namespace countersign::proxy::admin {

/// A call, as far as its answer depends on it. Views into the request.
struct Call {
    std::string_view method;
    std::string_view target;  ///< with its query
    std::string_view accept;
    std::string_view content_type;
    std::string_view if_match;
    std::string_view body;
    Credentials credentials;

    std::string_view path() const { return target.substr(0, target.find('?')); }
    /// What stands behind the '?'; empty: nothing.
    std::string_view query() const {
        return target.substr(std::min(path().size() + 1, target.size()));
    }
};

/// What happens, one event after the other, for as long as somebody watches.
class EventSource {
public:
    EventSource() = default;
    EventSource(const EventSource&) = delete;
    EventSource& operator=(const EventSource&) = delete;
    virtual ~EventSource() = default;

    /// Empty: there are no more.
    virtual boost::asio::awaitable<std::string> next() = 0;
};

struct Answer {
    unsigned status = 200;
    std::string body;
    std::string_view type = "text/plain; charset=utf-8";
    std::string allow = {};           ///< with 405: the methods that would do
    std::string set_cookie = {};      ///< empty: none
    std::string_view location = {};   ///< with 308
    unsigned retry_after = 0;         ///< seconds; 0: it is not said
    bool is_page = false;             ///< of the console: a browser is told what it may load
    std::function<void()> then = {};  ///< once the answer has been sent
    std::unique_ptr<EventSource> events = nullptr;  ///< set: what follows the head
};

/// A text with its line end.
Answer plain(unsigned status, std::string text);
/// JSON.
Answer document(const boost::json::object& object);
/// The same, of what is wrong: RFC 9457's title, status and detail. `field`: the member of the
/// body that it is about; empty: it is not said.
Answer problem(unsigned status, std::string_view detail, std::string_view field = {});
Answer problem(unsigned status, const certs::EditError& error);

/// One sentence a line.
std::string lines_of(const std::vector<std::string>& sentences);

/// What `call` may be asked with where it is not asked so.
Answer wrong_method(const Call& call, std::string allowed);
/// Whether the call is asked with that method, or with HEAD in the place of GET.
bool is_asked_with(const Call& call, std::string_view method);

}  // namespace countersign::proxy::admin
