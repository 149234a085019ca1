// SPDX-License-Identifier: MIT
namespace Denali.Control.Sites;

/// <summary>Finds sites by host names. Any thread.</summary>
public interface ISiteDirectory
{
    /// <summary>Finds a site.</summary>
    /// <param name="host">The host that a request names, without its port.</param>
    /// <returns>The site, or null if there is none of that name.</returns>
    Site? Find(string host);
}
