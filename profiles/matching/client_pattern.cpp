#include "profiles/matching/client_pattern.hpp"

namespace countersign::profiles {
namespace {

struct ToText {
    std::string operator()(const Network& network) const { return network.to_text(); }
    std::string operator()(const UidPattern& user) const {
        return "uid:" + std::to_string(user.uid);
    }
    std::string operator()(const GidPattern& group) const {
        return "gid:" + std::to_string(group.gid);
    }
    std::string operator()(const NamedClientPattern& client) const { return client.name; }
};

struct Matches {
    const Caller& caller;

    bool operator()(const Network& network) const {
        return caller.address && network.contains(*caller.address);
    }
    bool operator()(const UidPattern& user) const {
        return !caller.address && caller.uid == user.uid;
    }
    bool operator()(const GidPattern& group) const {
        return !caller.address && caller.gid == group.gid;
    }
    bool operator()(const NamedClientPattern& client) const { return caller.name == client.name; }
};

}  // namespace

std::string to_text(const ClientPattern& pattern) { return std::visit(ToText{}, pattern); }

bool matches(const ClientPattern& pattern, const Caller& caller) {
    return std::visit(Matches{caller}, pattern);
}

}  // namespace countersign::profiles
