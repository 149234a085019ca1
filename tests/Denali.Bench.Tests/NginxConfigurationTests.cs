// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using System.Net;
using Denali.Bench.Http;
using Xunit;

namespace Denali.Bench.Tests;

/// <summary>The configuration of the peer.</summary>
public sealed class NginxConfigurationTests
{
    private static readonly string s_text = NginxServer.Configuration(
        "/x", IPEndPoint.Parse("192.168.99.2:8081"), "root /y;", "upstream z { server 127.0.0.1:1; }");

    [Theory]
    [InlineData("worker_processes 1;")]
    [InlineData("sendfile on;")]
    [InlineData("access_log off;")]
    [InlineData("listen 192.168.99.2:8081 backlog=4096;")]
    [InlineData("root /y;")]
    [InlineData("upstream z { server 127.0.0.1:1; }")]
    public void Configuration_Tuned_SaysSo(string line) => Assert.Contains(line, s_text, StringComparison.Ordinal);

    [Fact]
    public void Configuration_Braces_ArePairs() =>
        Assert.Equal(s_text.Count(letter => letter == '{'), s_text.Count(letter => letter == '}'));

    [Fact]
    public void Configuration_Paths_AreInItsFolder() =>
        Assert.All(
            s_text.Split('\n').Where(line => line.Contains("_temp_path", StringComparison.Ordinal)),
            line => Assert.EndsWith("/x;", line, StringComparison.Ordinal));
}
