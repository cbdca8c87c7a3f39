// Boost.JSON, compiled once: as a header library it needs nothing at run time.
#include <boost/json/src.hpp>
