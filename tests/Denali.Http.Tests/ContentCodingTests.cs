// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Text;
using Xunit;

namespace Denali.Http.Tests;

/// <summary>Accept-Encoding, and the siblings that are sent for it.</summary>
public sealed class ContentCodingTests
{
    [Theory]
    [InlineData("", false, false)]
    [InlineData("gzip", true, false)]
    [InlineData("br, gzip", true, true)]
    [InlineData("GZIP;q=0.5,br;q=0", true, false)]
    [InlineData("*", true, true)]
    [InlineData("*;q=0, br", false, true)]
    [InlineData("gzip;q=0.000", false, false)]
    [InlineData("gzip;q=0.001", true, false)]
    [InlineData("gzip;q=2", false, false)]
    [InlineData("gzip;level=9", false, false)]
    [InlineData("x-gzip", true, false)]
    [InlineData("deflate, zstd", false, false)]
    public void Parse_List_TellsWhatIsTaken(string field, bool gzip, bool brotli)
    {
        AcceptedCodings accepted = AcceptedCodings.Parse(Encoding.ASCII.GetBytes(field));

        Assert.Equal((gzip, brotli), (accepted.Takes(ContentCoding.Gzip), accepted.Takes(ContentCoding.Brotli)));
        Assert.True(accepted.Takes(ContentCoding.Identity));
    }

    [Theory]
    [InlineData("", "plain script", null)]
    [InlineData("gzip", "gzipped", "gzip")]
    [InlineData("gzip, br", "brotli", "br")]
    public void Get_FileWithSiblings_SendsWhatIsAccepted(string accepted, string content, string? coding)
    {
        Answer answer = TestServer.Get("/coded.js", $"Accept-Encoding: {accepted}");

        Assert.Equal(content, answer.Text);
        Assert.Equal(coding, answer.Fields.GetValueOrDefault("Content-Encoding"));
        Assert.Equal("Accept-Encoding", answer["Vary"]);
        Assert.Equal("text/javascript", answer["Content-Type"]);
    }

    [Fact]
    public void Get_CodingsInTwoLines_TakesThoseOfTheFirst()
    {
        Answer answer = TestServer.Get("/coded.js", "Accept-Encoding: gzip", "Accept-Encoding: br");

        Assert.Equal("gzipped", answer.Text);
    }

    [Fact]
    public void Get_SiblingItself_IsAFileOfItsOwn()
    {
        Answer answer = TestServer.Get("/coded.js.gz", "Accept-Encoding: gzip");

        Assert.Equal("gzipped", answer.Text);
        Assert.Equal("application/gzip", answer["Content-Type"]);
        Assert.DoesNotContain("Content-Encoding", answer.Fields);
    }
}
