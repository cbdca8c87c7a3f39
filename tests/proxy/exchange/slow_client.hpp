#pragma once

#include <string>
#include <string_view>

#include "tests/proxy/exchange/core_world.hpp"

namespace countersign::proxy::exchange {

/// A client that takes its time, in front of a buffer of 4 KiB.
class SlowClient : public ExchangeTest {
protected:
    SlowClient() { world_.most_held = kAll; }

    /// The server has said `bytes`, as far as there was room, and the client takes none of it.
    void stall_behind(std::string_view& bytes) {
        world_.settle();
        while (world_.server_says(bytes)) {
        }
        world_.server_is_silent();
        world_.client_is_full();
    }
    void say_all_there_is_room_for(std::string_view& bytes) {
        while (world_.server_says(bytes)) {
        }
    }
    void take_all() {
        while (world_.client_takes()) {
        }
    }

    static constexpr std::uint64_t kAll = std::uint64_t{1} << 20;
    static constexpr std::uint64_t kOne = kAll / 16;
};

inline std::string response_of(std::size_t bytes) {
    std::string text = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n";
    for (std::size_t i = 0; i < bytes; ++i) text += static_cast<char>('a' + i % 23);
    return text;
}

}  // namespace countersign::proxy::exchange
