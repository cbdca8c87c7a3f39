#include "proxy/admin/api_path.hpp"

namespace countersign::proxy::admin {

std::string_view name_in(std::string_view path, std::string_view route) {
    const std::size_t star = route.find('*');
    const std::string_view front = route.substr(0, star);
    const std::string_view back = route.substr(star + 1);
    if (path.size() <= front.size() + back.size()) return {};
    if (!path.starts_with(front) || !path.ends_with(back)) return {};
    return path.substr(front.size(), path.size() - front.size() - back.size());
}

}  // namespace countersign::proxy::admin
