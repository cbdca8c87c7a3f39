#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "profiles/profile.hpp"
#include "proxy/net/io_status.hpp"

namespace countersign::fuzz {

/// What a fuzzer's input says of one exchange: four octets of circumstances, what the client says,
/// what the server says, and in which order and pieces that happens, with what goes wrong. The
/// three texts stand between lines of "--".
struct ExchangeScript {
    explicit ExchangeScript(std::string_view input);

    profiles::RetryRule retry = profiles::RetryRule::never;
    bool cut_shows = false;
    bool reused = false;  ///< the first attempt's connection
    bool bound = false;
    bool tells_identity = false;
    bool client_ends = false;  ///< behind all that it says; else it is silent
    bool drains = false;
    bool edits_request = false;      ///< the operator sets a field of requests, and removes one
    bool makes_ids = false;          ///< of requests that have none
    bool rewrites_response = false;  ///< what it says of its server, and of others
    bool has_one_upstream = false;   ///< the listener that rewrites
    bool waits_for_body = false;     ///< before there is an attempt
    bool holds_response = false;     ///< for a client that takes its time
    bool others_wait = false;  ///< for a connection, and the client has to keep up with a rate
    profiles::ResponseLeniencies leniency = {};
    bool server_ends = false;
    proxy::net::IoStatus server_end = proxy::net::IoStatus::closed;
    std::uint32_t buffer = 0;    ///< bytes
    std::uint64_t max_body = 0;  ///< 0: any
    std::size_t body_here = 0;   ///< bytes that come together with the request's head, at most

    std::string_view client;
    std::string_view server;
    std::string_view steps;
};

/// One step of the schedule.
struct ExchangeStep {
    enum class What : std::uint8_t {
        server_takes,
        client_takes,
        client_says,
        server_says,
        server_is_silent,
        rest,
        time_passes,
        server_is_full,
        client_is_full,
        turn,
        server_write_fails,
        client_write_fails,
        server_ends,
        client_ends,
        client_is_lost,
        stop,
    };

    explicit ExchangeStep(char octet);

    /// How a write ends that is not done.
    proxy::net::IoStatus write() const;

    What what;
    std::size_t size;          ///< bytes, or seconds
    proxy::net::IoStatus end;  ///< of a side that ends
};

}  // namespace countersign::fuzz
