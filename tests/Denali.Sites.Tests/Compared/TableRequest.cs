// SPDX-License-Identifier: MIT
namespace Denali.Sites.Tests.Compared;

/// <summary>A row of the table: a request that two servers are asked.</summary>
/// <param name="Name">What is tried: group, then what is special.</param>
/// <param name="Text">
/// The request; each character is a byte. {host} and {etag} stand for a name of the site and the tag that the asked
/// server gives to /file.txt.
/// </param>
internal sealed record TableRequest(string Name, string Text);
