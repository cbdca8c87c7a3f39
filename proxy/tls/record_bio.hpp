#pragma once

#include <openssl/bio.h>

#include <string>

#include "proxy/net/io_status.hpp"

namespace countersign::proxy {

class Descriptor;

/// OpenSSL's way to a Descriptor's socket. It knows what the descriptor knows: a socket that is not
/// readable is not read, so that "nothing there" costs no system call, and a short read is
/// remembered as the end of what is there. Outlives the BIO; the descriptor outlives both.
class SocketBio {
public:
    explicit SocketBio(Descriptor& descriptor) : descriptor_{descriptor} {}
    SocketBio(const SocketBio&) = delete;
    SocketBio& operator=(const SocketBio&) = delete;

    /// A BIO on this socket, to be made once. Null where memory is short.
    BIO* make();

    /// From here to `stop_holding`, what is said after the first hello is held back: the end of a
    /// handshake leaves in one write with the request.
    void hold_after_hello() { holding_ = spoken_; }
    void stop_holding() { holding_ = false; }
    /// Writes what was held back: ok when nothing is left of it, would_block_write, or failed with
    /// errno.
    IoStatus flush();

private:
    static int read(BIO* bio, char* into, int room);
    static int write(BIO* bio, const char* from, int size);
    static BIO_METHOD* method();

    int read(char* into, int room);
    /// Bytes of `from` that are written, or -1 with errno.
    int write(const char* from, int size);
    long send(const char* from, std::size_t size);

    Descriptor& descriptor_;
    std::string held_;
    bool holding_ = false;
    bool spoken_ = false;
    bool ended_ = false;
};

}  // namespace countersign::proxy
