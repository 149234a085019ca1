// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using System.Text;
using CsCheck;
using Denali.Hardware.Tests;
using Xunit;

namespace Denali.Http.Tests;

/// <summary>Paths: decoded once, and never out of the root.</summary>
public sealed class RequestTargetTests
{
    private static readonly string[] s_parts = ["/", ".", "..", "%2e", "%2F", "a", "%00", "\\", "%25"];

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a/", "/a/")]
    [InlineData("//a///b", "/a/b")]
    [InlineData("/./a/./b/.", "/a/b/")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/%2e%2e/b", "/b")]
    [InlineData("/a%2Fb", "/a/b")]
    [InlineData("/a%2F..%2fb", "/b")]
    [InlineData("/%41%7a%20", "/Az ")]
    [InlineData("/a%252e", "/a%2e")]
    [InlineData("/...", "/...")]
    [InlineData("/..a/.b", "/..a/.b")]
    [InlineData("/a..", "/a..")]
    public void Decode_Path_IsCanonical(string path, string expected)
    {
        Assert.Equal((HttpStatus.None, expected), Decode(path));
    }

    [Theory]
    [InlineData("/..")]
    [InlineData("/../a")]
    [InlineData("/a/../../b")]
    [InlineData("/%2e%2e/a")]
    [InlineData("/..%2fa")]
    [InlineData("/a%00")]
    [InlineData("/%")]
    [InlineData("/%4")]
    [InlineData("/%4g")]
    [InlineData("/%g4")]
    public void Decode_Malformed_IsRefused(string path) =>
        Assert.Equal(HttpStatus.BadRequest, Decode(path).Status);

    [Fact]
    public void Decode_LongerThanItsPlace_IsTooLong()
    {
        Span<byte> place = stackalloc byte[4];

        Assert.Equal(HttpStatus.None, RequestTarget.Decode("/abc"u8, place, out int length));
        Assert.Equal(4, length);
        Assert.Equal(HttpStatus.UriTooLong, RequestTarget.Decode("/abcd"u8, place, out _));
    }

    [Theory]
    [InlineData("/a?b?c", "/a", "?b?c")]
    [InlineData("http://host:80/a?b", "/a", "?b")]
    [InlineData("HTTPS://host", "/", "")]
    [InlineData("http://host?q", "/", "?q")]
    public void TrySplit_Target_FindsPathAndQuery(string target, string path, string query)
    {
        Assert.True(RequestTarget.TrySplit(
            Encoding.ASCII.GetBytes(target), out ReadOnlySpan<byte> foundPath, out ReadOnlySpan<byte> foundQuery));
        Assert.Equal(path, Encoding.ASCII.GetString(foundPath));
        Assert.Equal(query, Encoding.ASCII.GetString(foundQuery));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("host:443")]
    [InlineData("a/b")]
    [InlineData("ftp://host/")]
    [InlineData("http:///a")]
    [InlineData("")]
    public void TrySplit_OtherForm_IsRefused(string target) =>
        Assert.False(RequestTarget.TrySplit(Encoding.ASCII.GetBytes(target), out _, out _));

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void Decode_AnyPath_StaysBelowTheRoot() =>
        Gen.Int[0, s_parts.Length - 1].Array[0, 12].Sample(
            parts =>
            {
                (HttpStatus status, string path) = Decode("/" + string.Concat(parts.Select(i => s_parts[i])));
                return status == HttpStatus.BadRequest
                    || (path[0] == '/' && !path.Contains("//", StringComparison.Ordinal)
                        && !(path + "/").Contains("/../", StringComparison.Ordinal)
                        && !(path + "/").Contains("/./", StringComparison.Ordinal)
                        && !path.Contains('\0', StringComparison.Ordinal));
            },
            iter: Iterations.Of(100_000));

    private static (HttpStatus Status, string Path) Decode(string path)
    {
        byte[] decoded = new byte[HttpLimits.PathBytesMax];
        HttpStatus status = RequestTarget.Decode(Encoding.Latin1.GetBytes(path), decoded, out int length);
        return (status, Encoding.Latin1.GetString(decoded, 0, length));
    }
}
