#include "proxy/server/reload.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace countersign::proxy::server {

void Reload::request(std::shared_ptr<const generation::Generation> before) {
    if (stopped_) return;
    before_ = std::move(before);
    again_ = loading_;
    if (loading_) return;
    loading_ = true;
    if (thread_.joinable()) thread_.join();  // it has nothing to do any more
    thread_ = std::thread{[this, before = before_] {
        auto outcome = std::make_shared<Outcome>(generation::load(configuration_, before.get()));
        boost::asio::post(main_, [this, outcome] { finish(std::move(*outcome)); });
    }};
}

void Reload::finish(Outcome outcome) {
    if (stopped_) return;
    loading_ = false;
    // What has changed since then is in the next one.
    if (std::exchange(again_, false)) return request(std::move(before_));
    before_.reset();
    done_(std::move(outcome));
}

void Reload::stop() {
    stopped_ = true;
    if (thread_.joinable()) thread_.join();
}

}  // namespace countersign::proxy::server
