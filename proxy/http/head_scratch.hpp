#pragma once

#include <string>

#include "proxy/http/head.hpp"

namespace countersign::proxy::http {

/// Memory in which a worker's heads are read and written, reused so that nothing is allocated. For
/// one step between two suspensions: nothing in it survives a co_await.
struct HeadScratch {
    Head head;
    std::string text;
    std::string mended;  ///< where `head` was not read from a buffer: see `careless_head`
};

}  // namespace countersign::proxy::http
