using System.Text;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace VmPowerManager.Protocols.Ssh;

/// <summary>The ways to log in that an endpoint offers, in order: key, password, the password as an answer to prompts.</summary>
internal static class SshLogin
{
    /// <exception cref="DeviceException">AuthenticationFailed: nothing to log in with, or the key cannot be opened.</exception>
    public static AuthenticationMethod[] Methods(SshEndpoint endpoint)
    {
        var methods = new List<AuthenticationMethod>();
        if (!string.IsNullOrWhiteSpace(endpoint.PrivateKey))
            methods.Add(new PrivateKeyAuthenticationMethod(endpoint.UserName, OpenKey(endpoint)));
        if (!string.IsNullOrEmpty(endpoint.Password))
        {
            methods.Add(new PasswordAuthenticationMethod(endpoint.UserName, endpoint.Password));
            methods.Add(Prompted(endpoint.UserName, endpoint.Password));
        }
        return methods.Count > 0
            ? [.. methods]
            : throw new DeviceException(
                DeviceFault.AuthenticationFailed,
                "Neither a password nor a private key is set."
            );
    }

    private static KeyboardInteractiveAuthenticationMethod Prompted(string userName, string password)
    {
        var method = new KeyboardInteractiveAuthenticationMethod(userName);
        method.AuthenticationPrompt += (_, e) =>
        {
            foreach (var prompt in e.Prompts)
                prompt.Response = password;
        };
        return method;
    }

    private static PrivateKeyFile OpenKey(SshEndpoint endpoint)
    {
        // A key pasted into a form loses its last line break, or gains carriage returns.
        var text = endpoint.PrivateKey!.ReplaceLineEndings("\n").Trim() + "\n"; // not null: the caller looked
        try
        {
            return new PrivateKeyFile(
                new MemoryStream(Encoding.UTF8.GetBytes(text)),
                string.IsNullOrEmpty(endpoint.Passphrase) ? null : endpoint.Passphrase
            );
        }
        catch (SshPassPhraseNullOrEmptyException e)
        {
            throw Failed("The private key is encrypted and no passphrase is set.", e);
        }
        // The library names no exception of its own for a passphrase that does not fit, and several for other trouble.
        catch (Exception e) when (!string.IsNullOrEmpty(endpoint.Passphrase))
        {
            throw Failed(
                $"The private key cannot be opened: wrong passphrase, or a damaged key ({e.Message.Trim()}).",
                e
            );
        }
        catch (Exception e)
        {
            throw Failed($"The private key cannot be read ({e.Message.Trim()}).", e);
        }
    }

    private static DeviceException Failed(string message, Exception inner) =>
        new(DeviceFault.AuthenticationFailed, message, inner);
}
