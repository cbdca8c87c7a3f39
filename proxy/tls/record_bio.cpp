#include "proxy/tls/socket_bio.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstddef>

#include "proxy/net/descriptor.hpp"

namespace countersign::proxy {

namespace {

SocketBio& socket_of(BIO* bio) { return *static_cast<SocketBio*>(BIO_get_data(bio)); }

bool is_retry(int error) { return error == EAGAIN || error == EINTR; }

}  // namespace

int SocketBio::read(BIO* bio, char* into, int room) {
    BIO_clear_retry_flags(bio);
    const int bytes = socket_of(bio).read(into, room);
    if (bytes < 0 && is_retry(errno)) BIO_set_retry_read(bio);
    return bytes;
}

int SocketBio::write(BIO* bio, const char* from, int size) {
    BIO_clear_retry_flags(bio);
    const int bytes = socket_of(bio).write(from, size);
    if (bytes < 0 && is_retry(errno)) BIO_set_retry_write(bio);
    return bytes;
}

BIO_METHOD* SocketBio::method() {
    static BIO_METHOD* const made = [] {
        const auto control = [](BIO* bio, int command, long, void*) -> long {
            if (command == BIO_CTRL_EOF) return socket_of(bio).ended_ ? 1 : 0;
            return command == BIO_CTRL_FLUSH ? 1 : 0;
        };
        BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "descriptor");
        if (method == nullptr) return method;
        BIO_meth_set_read(method, static_cast<int (*)(BIO*, char*, int)>(read));
        BIO_meth_set_write(method, static_cast<int (*)(BIO*, const char*, int)>(write));
        BIO_meth_set_ctrl(method, control);
        return method;
    }();
    return made;
}

BIO* SocketBio::make() {
    BIO* bio = method() == nullptr ? nullptr : BIO_new(method());
    if (bio == nullptr) return nullptr;
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    return bio;
}

int SocketBio::read(char* into, int room) {
    errno = EAGAIN;
    if (!descriptor_.readable()) return -1;
    const auto bytes = ::recv(descriptor_.fd(), into, static_cast<std::size_t>(room), 0);
    if (bytes == 0) ended_ = true;
    if ((bytes > 0 && bytes < room) || (bytes < 0 && errno == EAGAIN)) descriptor_.drained();
    return static_cast<int>(bytes);
}

long SocketBio::send(const char* from, std::size_t size) {
    errno = EAGAIN;
    if (!descriptor_.writable()) return -1;
    const auto bytes = ::send(descriptor_.fd(), from, size, MSG_NOSIGNAL);
    if (bytes > 0) spoken_ = true;
    if (bytes >= 0 && static_cast<std::size_t>(bytes) < size) descriptor_.filled();
    if (bytes < 0 && errno == EAGAIN) descriptor_.filled();
    return bytes;
}

int SocketBio::write(const char* from, int size) {
    const auto fresh = static_cast<std::size_t>(size);
    if (holding_) {
        held_.append(from, fresh);
        return size;
    }
    if (held_.empty()) return static_cast<int>(send(from, fresh));
    const std::size_t before = held_.size();
    held_.append(from, fresh);
    const long bytes = send(held_.data(), held_.size());
    held_.resize(before);
    if (bytes < 0) return -1;
    const auto sent = static_cast<std::size_t>(bytes);
    if (sent <= before) {
        held_.erase(0, sent);
        errno = EAGAIN;
        return -1;
    }
    held_ = {};
    return static_cast<int>(sent - before);
}

IoStatus SocketBio::flush() {
    while (!held_.empty()) {
        const long bytes = send(held_.data(), held_.size());
        if (bytes < 0) return is_retry(errno) ? IoStatus::would_block_write : IoStatus::failed;
        held_.erase(0, static_cast<std::size_t>(bytes));
    }
    return IoStatus::ok;
}

}  // namespace countersign::proxy
