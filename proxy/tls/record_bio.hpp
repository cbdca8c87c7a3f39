#pragma once

#include <openssl/bio.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "proxy/net/io_status.hpp"
#include "proxy/tls/record_channel.hpp"

namespace countersign::proxy::tls {

/// OpenSSL's way to a channel. Outlives the BIO; the channel outlives both.
class RecordBio {
public:
    explicit RecordBio(RecordChannel& channel) : channel_{channel} {}
    RecordBio(const RecordBio&) = delete;
    RecordBio& operator=(const RecordBio&) = delete;

    /// A BIO on this channel, to be made once. Null where memory is short.
    BIO* make();

    /// From here to `stop_holding`, what is said after the first hello is held back: the end of a
    /// handshake leaves in one write with the request.
    void hold_after_hello() { holding_ = spoken_; }
    void stop_holding() { holding_ = false; }
    /// For one step that reads: a server that has tickets without end is heard for a while, then
    /// would_block_read is said, though more may be there.
    void begin_read() { receives_ = 0; }
    /// Writes what was held back: ok when nothing is left of it, would_block_write, or failed with
    /// errno.
    net::IoStatus flush();
    /// Whether something is held back still.
    bool owes_output() const { return !held_.empty(); }
    /// Whether the channel has no room for that. A record that it takes a part of is held here, not
    /// by OpenSSL: that could answer nothing meanwhile, and a server that asks for a certificate in
    /// the middle of an upload reads no more of it before it has an answer.
    bool is_blocked() const { return blocked_; }

private:
    static int read(BIO* bio, char* into, int room);
    static int write(BIO* bio, const char* from, int size);
    static BIO_METHOD* method();

    /// Beyond so much OpenSSL has to wait: some records, and what a server may ask for beside them.
    static constexpr std::size_t kMostHeld = std::size_t{128} << 10;

    net::IoResult write(std::string_view fresh);
    net::IoResult send(std::string_view bytes);

    RecordChannel& channel_;
    std::string held_;
    unsigned receives_ = 0;
    bool holding_ = false;
    bool blocked_ = false;
    bool spoken_ = false;
    bool ended_ = false;
};

}  // namespace countersign::proxy::tls
