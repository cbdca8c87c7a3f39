#pragma once

#include <cstdint>

namespace countersign::proxy::exchange {

/// Why an attempt to have a request answered is over.
enum class Ending : std::uint8_t {
    under_way,
    complete,  ///< the whole response went to the client
    switched,  ///< the server's 101 did: from here on it is the other protocol's connection

    // The client's doing.
    client_gone,         ///< it closed or reset its connection
    response_not_taken,  ///< it did not take its response in time
    client_too_slow,     ///< it was slower than it may be while others wait
    request_late,        ///< the rest of the request's body did not come in time
    request_malformed,   ///< its chunked body is
    request_too_large,   ///< its body is

    // The server's.
    request_not_taken,        ///< it did not take the request in time
    no_response,              ///< nothing of a response came in time
    only_interim,             ///< only interim responses did
    head_stalled,             ///< the rest of the response's head did not come in time
    response_stalled,         ///< the rest of its body did not
    server_refused,           ///< it ended the connection with a TLS alert
    server_closed,            ///< it ended the connection in any other way
    response_malformed,       ///< the response's head is
    response_head_too_large,  ///< larger than a buffer
    response_body_malformed,  ///< its chunks are
    protocol_switched,        ///< a 101 that nobody asked for, or to something else

    // The proxy's.
    response_too_long,  ///< it has to be held until it is whole, and is too long for that
    stopped,            ///< the proxy is stopping
};

/// What is to be done about it.
enum class Verdict : std::uint8_t {
    done,    ///< complete
    tunnel,  ///< switched: pass on what both sides say
    again,   ///< send the request once more, on another connection
    answer,  ///< nothing has reached the client: tell it why
    cut,  ///< the client is gone, or has a part of what cannot be completed: reset its connection
};

}  // namespace countersign::proxy::exchange
