#include "proxy/tls/record_bio.hpp"

#include <cstddef>

namespace countersign::proxy::tls {

namespace {

RecordBio& own(BIO* bio) { return *static_cast<RecordBio*>(BIO_get_data(bio)); }

/// Of up to 16 KiB each. A record that holds text needs two or three.
constexpr unsigned kReceivesInARead = 4;

// A channel inside another engine may have to write before it can read.
void set_retry(BIO* bio, net::IoStatus status) {
    if (status == net::IoStatus::would_block_read) BIO_set_retry_read(bio);
    if (status == net::IoStatus::would_block_write) BIO_set_retry_write(bio);
}

}  // namespace

int RecordBio::read(BIO* bio, char* into, int room) {
    BIO_clear_retry_flags(bio);
    RecordBio& self = own(bio);
    if (self.receives_++ >= kReceivesInARead) {
        BIO_set_retry_read(bio);
        return -1;
    }
    const net::IoResult got = self.channel_.receive({into, static_cast<std::size_t>(room)});
    if (got.ok()) return static_cast<int>(got.bytes);
    if (got.status == net::IoStatus::closed || got.status == net::IoStatus::truncated) {
        self.ended_ = true;
        return 0;
    }
    set_retry(bio, got.status);
    return -1;
}

int RecordBio::write(BIO* bio, const char* from, int size) {
    BIO_clear_retry_flags(bio);
    const net::IoResult put = own(bio).write({from, static_cast<std::size_t>(size)});
    if (put.ok()) return static_cast<int>(put.bytes);
    set_retry(bio, put.status);
    return -1;
}

BIO_METHOD* RecordBio::method() {
    static BIO_METHOD* const made = [] {
        const auto control = [](BIO* bio, int command, long, void*) -> long {
            if (command == BIO_CTRL_EOF) return own(bio).ended_ ? 1 : 0;
            return command == BIO_CTRL_FLUSH ? 1 : 0;
        };
        BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "records");
        if (method == nullptr) return method;
        BIO_meth_set_read(method, static_cast<int (*)(BIO*, char*, int)>(read));
        BIO_meth_set_write(method, static_cast<int (*)(BIO*, const char*, int)>(write));
        BIO_meth_set_ctrl(method, control);
        return method;
    }();
    return made;
}

BIO* RecordBio::make() {
    BIO* bio = method() == nullptr ? nullptr : BIO_new(method());
    if (bio == nullptr) return nullptr;
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    return bio;
}

net::IoResult RecordBio::send(std::string_view bytes) {
    const net::IoResult sent = channel_.send(bytes);
    if (sent.ok()) spoken_ = true;
    return sent;
}

net::IoResult RecordBio::write(std::string_view fresh) {
    const net::IoResult taken{net::IoStatus::ok, fresh.size()};
    if (holding_) {
        held_.append(fresh);
        return taken;
    }
    if (held_.size() > kMostHeld) {
        const net::IoStatus flushed = flush();
        if (flushed != net::IoStatus::ok) return {flushed, 0};
    }
    if (held_.empty()) {
        const net::IoResult sent = send(fresh);
        if (sent.ok() && sent.bytes == fresh.size()) return taken;
        if (!sent.ok() && !net::would_block(sent.status)) return sent;
        blocked_ = true;
        held_.append(fresh.substr(sent.bytes));
        return taken;
    }
    // What was held before leaves with it, in one write.
    held_.append(fresh);
    const net::IoStatus flushed = flush();
    if (flushed == net::IoStatus::ok || net::would_block(flushed)) return taken;
    return {flushed, 0};
}

net::IoStatus RecordBio::flush() {
    while (!held_.empty()) {
        const net::IoResult sent = send(held_);
        blocked_ = net::would_block(sent.status);
        if (!sent.ok()) {
            if (!blocked_) held_ = {};  // nobody takes it any more; what was said may be read still
            return sent.status;
        }
        held_.erase(0, sent.bytes);
    }
    held_ = {};
    return net::IoStatus::ok;
}

}  // namespace countersign::proxy::tls
