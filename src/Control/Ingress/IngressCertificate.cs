// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Denali.Control.Ingress;

/// <summary>Certificates for TLS: one from a file, or a self-signed one.</summary>
public static class IngressCertificate
{
    // It is made anew with each start.
    private static readonly TimeSpan s_selfSignedLife = TimeSpan.FromDays(90);

    /// <summary>Reads a certificate with its key.</summary>
    /// <param name="path">A PEM file with both, or a PKCS #12 file (.pfx, .p12) without a password.</param>
    /// <param name="time">The clock, which tells whether it is valid now.</param>
    /// <returns>The certificate.</returns>
    /// <exception cref="ControlException">It cannot be used; the message says why.</exception>
    public static X509Certificate2 Load(string path, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(time);
        X509Certificate2 certificate = Read(path);
        DateTime now = time.GetUtcNow().UtcDateTime;
        string? wrong =
            !certificate.HasPrivateKey ? "has no private key: put both into the file"
            : now > certificate.NotAfter.ToUniversalTime() ? $"ended on {certificate.NotAfter:yyyy-MM-dd}: renew it"
            : now < certificate.NotBefore.ToUniversalTime()
                ? $"begins on {certificate.NotBefore:yyyy-MM-dd}: wait, or set the clock"
            : null;
        if (wrong is not null)
        {
            certificate.Dispose();
            throw new ControlException($"the certificate '{path}' {wrong}");
        }

        return certificate;
    }

    /// <summary>Makes a self-signed certificate. Visitors are warned of it, and may accept it.</summary>
    /// <param name="hosts">Hosts that it is for, besides localhost and what is below it.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The certificate.</returns>
    public static X509Certificate2 CreateSelfSigned(IEnumerable<string> hosts, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Denali", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (string host in hosts.Concat(["localhost", "*.localhost"]).Distinct(StringComparer.Ordinal))
        {
            names.AddDnsName(host);
        }

        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        var serverAuthentication = Oid.FromOidValue("1.3.6.1.5.5.7.3.1", OidGroup.EnhancedKeyUsage);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([serverAuthentication], false));
        DateTimeOffset now = time.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now + s_selfSignedLife);
    }

    /// <summary>Whether a certificate is for a host.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="host">The host.</param>
    /// <returns>True if so.</returns>
    public static bool IsFor(X509Certificate2 certificate, string host)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificate.MatchesHostname(host);
    }

    private static X509Certificate2 Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new ControlException(
                $"there is no certificate '{path}': name a PEM file with certificate and key, or a .pfx file");
        }

        try
        {
            bool isPkcs12 = Path.GetExtension(path) is ".pfx" or ".p12";
            return isPkcs12
                ? X509CertificateLoader.LoadPkcs12FromFile(path, password: null)
                : X509Certificate2.CreateFromPemFile(path);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new ControlException(
                $"the certificate '{path}' does not fit ({e.Message.TrimEnd('.')}): a PEM file needs the certificate "
                + "and its key, a .pfx file no password", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ControlException(
                $"the certificate '{path}' cannot be read ({e.Message}): check its permissions", e);
        }
    }
}
